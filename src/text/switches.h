/* SPDX-License-Identifier: MIT
 *
 * What the switches leave out.  Where one of these is 0, a condition that names
 * it never holds, and the compiler drops what depends on it.  upshake_init
 * refuses a config that needs what is left out.
 */
#ifndef UPSHAKE_SRC_TEXT_SWITCHES_H
#define UPSHAKE_SRC_TEXT_SWITCHES_H

#ifdef UPSHAKE_NO_BODIES
#define HAS_BODIES 0 /* bodies that are read before the switch */
#else
#define HAS_BODIES 1
#endif

#ifdef UPSHAKE_NO_LEAN
#define HAS_LEAN 0 /* heads that are larger than their memory */
#else
#define HAS_LEAN 1
#endif

#ifdef UPSHAKE_NO_PHRASES
#define HAS_PHRASES 0 /* reason phrases, but for that of the 101 */
#else
#define HAS_PHRASES 1
#endif

#endif
