# Takes libsidekick from the archive of the release, which lies two folders above this one.
if(VCPKG_TARGET_ARCHITECTURE STREQUAL "x64")
    set(_name "libsidekick-${VERSION}-x86_64-linux")
    set(_sum "@X86_64@")
else()
    set(_name "libsidekick-${VERSION}-aarch64-linux")
    set(_sum "@AARCH64@")
endif()

get_filename_component(_archive "${CMAKE_CURRENT_LIST_DIR}/../../${_name}.tar.gz" ABSOLUTE)
file(SHA256 "${_archive}" _found)
if(NOT _found STREQUAL _sum)
    message(FATAL_ERROR "${_archive} is not the archive of this release")
endif()
vcpkg_extract_source_archive(SOURCE_PATH ARCHIVE "${_archive}")

# There are release builds only.
set(VCPKG_BUILD_TYPE release)
file(COPY "${SOURCE_PATH}/include" DESTINATION "${CURRENT_PACKAGES_DIR}")
if(VCPKG_LIBRARY_LINKAGE STREQUAL "dynamic")
    file(COPY "${SOURCE_PATH}/lib/" DESTINATION "${CURRENT_PACKAGES_DIR}/lib" PATTERN "*.a" EXCLUDE)
else()
    file(COPY "${SOURCE_PATH}/lib/" DESTINATION "${CURRENT_PACKAGES_DIR}/lib" PATTERN "*.so*" EXCLUDE)
endif()
vcpkg_fixup_pkgconfig()

# CMake finds its files in share here, a folder less deep.
file(READ "${CURRENT_PACKAGES_DIR}/lib/cmake/sidekick/sidekickConfig.cmake" _config)
string(REPLACE "\${CMAKE_CURRENT_LIST_DIR}/../../../include" "\${CMAKE_CURRENT_LIST_DIR}/../../include" _config "${_config}")
string(REPLACE "\${CMAKE_CURRENT_LIST_DIR}/../..\"" "\${CMAKE_CURRENT_LIST_DIR}/../../lib\"" _config "${_config}")
file(WRITE "${CURRENT_PACKAGES_DIR}/share/sidekick/sidekickConfig.cmake" "${_config}")
file(COPY "${CURRENT_PACKAGES_DIR}/lib/cmake/sidekick/sidekickConfigVersion.cmake"
    DESTINATION "${CURRENT_PACKAGES_DIR}/share/sidekick")
file(REMOVE_RECURSE "${CURRENT_PACKAGES_DIR}/lib/cmake")

file(INSTALL "${CURRENT_PORT_DIR}/usage" "${SOURCE_PATH}/share/sidekick/tsan.supp"
    DESTINATION "${CURRENT_PACKAGES_DIR}/share/${PORT}")
vcpkg_install_copyright(FILE_LIST
    "${SOURCE_PATH}/share/doc/libsidekick/LICENSE-MIT"
    "${SOURCE_PATH}/share/doc/libsidekick/LICENSE-APACHE"
    "${SOURCE_PATH}/share/doc/libsidekick/LICENSE-THIRD-PARTY.txt")
