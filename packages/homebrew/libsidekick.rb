# Builds libsidekick from its sources. Never run: no machine with Homebrew has tried it.
class Libsidekick < Formula
  desc "Typed, fast, safe predictions from deployed models, for any program"
  homepage "https://libsidekick.dev"
  url "https://libsidekick.dev/releases/libsidekick-@VERSION@-sources.tar.gz"
  sha256 "@SHA256@"
  license any_of: ["MIT", "Apache-2.0"]

  depends_on "rust" => :build

  def install
    native = buildpath/"native-static-libs"
    system "cargo", "rustc", "--release", "--locked", "--package", "libsidekick", "--lib",
           "--", "--print", "native-static-libs=#{native}"
    system "cargo", "install", *std_cargo_args(path: "server")

    shared = OS.mac? ? "libsidekick.dylib" : "libsidekick.so.@ABI@"
    lib.install "target/release/#{shared_library("libsidekick")}" => shared
    lib.install_symlink shared => shared_library("libsidekick") unless OS.mac?
    lib.install "target/release/libsidekick.a"
    MachO::Tools.change_dylib_id(lib/shared, (opt_lib/shared).to_s) if OS.mac?
    include.install Dir["include/*.h"], "bindings/cpp/sidekick.hpp", "bindings/cpp/sidekick"

    (lib/"pkgconfig/sidekick.pc").write <<~EOS
      prefix=#{opt_prefix}
      libdir=${prefix}/lib
      includedir=${prefix}/include

      Name: sidekick
      Description: Typed, fast, safe predictions from deployed models
      Version: #{version}
      Libs: -L${libdir} -lsidekick
      Libs.private: #{native.read.strip}
      Cflags: -I${includedir}
    EOS
    (pkgshare/"deployments").install Dir["server/deployments/*"]
  end

  test do
    (testpath/"version.c").write <<~EOS
      #include <sidekick.h>
      #include <string.h>
      int main(void) { return strcmp(sidekick_version(), SIDEKICK_VERSION) != 0; }
    EOS
    system ENV.cc, "version.c", "-I#{include}", "-L#{lib}", "-lsidekick", "-o", "version"
    system "./version"
  end
end
