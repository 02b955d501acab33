# SPDX-License-Identifier: MIT
# Cortex-M0+, the smallest there is; its code runs on every other Cortex-M.
# libc is the six functions that the library needs, from whoever links it.
# The objects hold code for every linker, and what -flto makes less of (on more
# stack).
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR arm)
set(CMAKE_C_COMPILER arm-none-eabi-gcc)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
string(
  CONCAT CMAKE_C_FLAGS_INIT
         "-mcpu=cortex-m0plus -mthumb -ffreestanding "
         "-ffunction-sections -fdata-sections -flto -ffat-lto-objects "
         "-isystem ${CMAKE_CURRENT_LIST_DIR}/libc "
         "-DUPSHAKE_PORTABLE -DUPSHAKE_SMALL $ENV{WARNINGS}")
