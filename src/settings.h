/* SPDX-License-Identifier: MIT
 *
 * HTTP2-Settings, from inside.
 */
#ifndef UPSHAKE_SETTINGS_H
#define UPSHAKE_SETTINGS_H

#include "bytes.h"

#define SETTING_LEN 6 /* octets, RFC 7540 6.5.1 */

/* 1 if it is base64url without padding, and holds whole settings. */
int upshake_is_settings(upshake_slice value);

#endif
