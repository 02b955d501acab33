/* SPDX-License-Identifier: MIT
 *
 * The value of --protocol, in which a program is told what to speak:
 *
 *     TOKEN[/VERSION][,method=NAME][,body=consume]
 */
#ifndef UPSHAKE_EXAMPLES_COMMON_PROTOCOL_OPTION_H
#define UPSHAKE_EXAMPLES_COMMON_PROTOCOL_OPTION_H

#include "upshake.h"

/* Fills a row of the table, which must be all 0.  The strings of the row are
 * parts of `text`, which is split.  Returns NULL, or the part of the text that
 * is wrong.  If there are several methods, a request may have any of them. */
const char *protocol_option(upshake_protocol *row, char *text);

#endif
