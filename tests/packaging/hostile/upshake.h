/* SPDX-License-Identifier: MIT
 *
 * What another version of the library has left in a folder of the parent. */
#error "the header of another version is used"
