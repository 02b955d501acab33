/* SPDX-License-Identifier: MIT
 *
 * HTTP2-Settings: the check that the server and the client share.
 */
#ifndef UPSHAKE_SRC_JUDGE_SETTINGS_H
#define UPSHAKE_SRC_JUDGE_SETTINGS_H

#include "../text/bytes.h"

#define SETTING_LEN 6 /* bytes of one setting (RFC 7540 6.5.1) */

/* 1 if the value is base64url without padding, and holds whole settings. */
UPSHAKE_PRIVATE int upshake__is_settings(upshake_slice value);

#endif
