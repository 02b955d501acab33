/* SPDX-License-Identifier: MIT
 *
 * Included before cmocka.h, and not needed by its stand-in.
 */
