/* SPDX-License-Identifier: MIT
 *
 * The value of --protocol, in which a program is told what to speak:
 *
 *     TOKEN[/VERSION][,method=NAME][,body=consume]
 */
#ifndef PROTOCOL_OPTION_H
#define PROTOCOL_OPTION_H

#include "upshake.h"

/* Fill a row of the table, which is all 0 before.  The row's strings are in
 * `text`, which is cut up for them.  Returns NULL, or the part of the text
 * that is wrong.  Of several methods each one is right. */
const char *protocol_option(upshake_protocol *row, char *text);

#endif
