"""Takes libsidekick from the archive of the release: `conan create .`, with the archives a folder above."""

import os

from conan import ConanFile
from conan.errors import ConanInvalidConfiguration
from conan.tools.files import check_sha256, copy, unzip


class Libsidekick(ConanFile):
    name = "libsidekick"
    version = "@VERSION@"
    description = "Typed, fast, safe predictions from deployed models, for any program that can call C"
    license = "MIT OR Apache-2.0"
    homepage = "https://libsidekick.dev"
    topics = ("inference", "machine-learning", "kserve", "triton")
    package_type = "library"
    settings = "os", "arch", "compiler", "build_type"
    options = {"shared": [True, False]}
    default_options = {"shared": True}

    def export_sources(self):
        for archive in self.conan_data["archives"].values():
            copy(self, archive["file"], os.path.dirname(self.recipe_folder), self.export_sources_folder)

    def validate(self):
        if self._target() not in self.conan_data["archives"]:
            raise ConanInvalidConfiguration(
                f"there is no archive for {self.settings.arch} and {self.settings.os}"
            )

    def package_id(self):
        # C alone goes through the interface, and there are release builds only.
        del self.info.settings.compiler
        del self.info.settings.build_type

    def build(self):
        archive = self.conan_data["archives"][self._target()]
        file = os.path.join(self.export_sources_folder, archive["file"])
        check_sha256(self, file, archive["sha256"])
        unzip(self, file, strip_root=True)

    def package(self):
        copy(
            self,
            "*",
            os.path.join(self.build_folder, "include"),
            os.path.join(self.package_folder, "include"),
        )
        libraries = "libsidekick.so*" if self.options.shared else "libsidekick.a"
        copy(
            self, libraries, os.path.join(self.build_folder, "lib"), os.path.join(self.package_folder, "lib")
        )
        settings = os.path.join("share", "sidekick")
        copy(
            self,
            "tsan.supp",
            os.path.join(self.build_folder, settings),
            os.path.join(self.package_folder, settings),
        )
        documents = os.path.join(self.build_folder, "share", "doc", "libsidekick")
        copy(self, "LICENSE-*", documents, os.path.join(self.package_folder, "licenses"))

    def package_info(self):
        self.cpp_info.libs = ["sidekick"]
        self.cpp_info.set_property("cmake_file_name", "sidekick")
        self.cpp_info.set_property("cmake_target_name", "sidekick::sidekick")
        self.cpp_info.set_property("cmake_target_aliases", ["sidekick::cpp"])
        self.cpp_info.set_property("pkg_config_name", "sidekick")
        if not self.options.shared:
            self.cpp_info.system_libs = ["gcc_s", "util", "rt", "pthread", "m", "dl", "c"]

    def _target(self):
        arch = {"x86_64": "x86_64", "armv8": "aarch64"}.get(str(self.settings.arch), "other")
        return f"{arch}-{str(self.settings.os).lower()}"
