/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect: the words of a command, as a shell splits it.
 */
#ifndef UPSHAKE_EXAMPLES_INSPECT_SHELL_H
#define UPSHAKE_EXAMPLES_INSPECT_SHELL_H

#include "../common/note.h"

/* Takes the next word off the text, without its quotation marks.  Knows those
 * of a POSIX shell, $'...' and the ^ of cmd.exe.  Returns 0 at the end of the
 * command. */
int next_word(upshake_slice *text, int is_cmd, note *word);

/* 1 if the command was copied for cmd.exe. */
int is_for_cmd(upshake_slice text);

#endif
