/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect --probe: the table of what a server lets through.
 */
#include <string.h>

#include "print.h"
#include "probe.h"
#include "../common/json.h"

static const char *const verdicts[] = {"held", "otherwise", "silent",
                                       "through"};

static size_t count(const probe *all, verdict_of_case verdict) {
  size_t found = 0;
  for (size_t i = 0; i < all->sent; i++)
    found += all->verdicts[i] == verdict;
  return found;
}

/* What the rule wants, and what an answer is that is something else. */
static const struct words {
  const char *wanted, *otherwise;
} words[] = {
    [NO_SWITCH] = {"no 101", ""},
    [NO_SWITCH_NOW] = {"no 101 before the end", ""},
    [AN_ERROR] = {"an error", "no error"},
    [STATUS_400] = {"400", "not 400"},
    [VERSION_13] = {"an error with version 13", "no version 13"},
    [NO_DEFLATE] = {"no permessage-deflate", "no error"},
    [NO_SUBPROTOCOL] = {"no sub-protocol", "no error"},
};

static const char *level_of(const probe_case *one) {
  return one->level == MUST ? "MUST" : "SHOULD";
}

static void print_answer(const answer *got) {
  if (got->silent)
    fputs("silence", stdout);
  else if (got->status == 0)
    fputs("closes", stdout);
  else if (got->status < 0)
    fputs("no HTTP", stdout);
  else
    printf("%d", got->status);
}

/* One row for each case with this verdict, in the order of the cases. */
static void print_rows(const probe *all, verdict_of_case verdict,
                       const char *title) {
  if (count(all, verdict) == 0)
    return;
  printf("\n%s\n", title);
  for (size_t i = 0; i < all->sent; i++) {
    const probe_case *one = &probe_cases[i];
    if (all->verdicts[i] != verdict)
      continue;
    printf("  %-18s %-6s ", one->rule, level_of(one));
    if (verdict != OTHERWISE) {
      puts(one->what);
      continue;
    }
    printf("%-36s ", one->what);
    print_answer(&all->answers[i]);
    printf(", %s\n", words[one->allowed].otherwise);
  }
}

void print_probe(const probe *all) {
  size_t left = probe_cases_len - all->sent;
  printf("%zu of %zu breakages let through by ", count(all, THROUGH),
         all->sent);
  put_escaped(stdout, all->uri, strlen(all->uri));
  printf(": %zu held, %zu answered otherwise, %zu not answered",
         count(all, HELD), count(all, OTHERWISE), count(all, SILENT));
  if (left > 0)
    printf(", %zu not sent", left);
  putchar('\n');
  print_rows(all, THROUGH, "Let through, with 101:");
  print_rows(all, OTHERWISE, "Refused, but not as the rule says:");
  print_rows(all, SILENT, "Not answered:");
}

static void put_member(const char *lead, const char *bytes, size_t len) {
  printf("%s\"", lead);
  for (size_t i = 0; i < len; i++)
    put_json_byte(stdout, (unsigned char)bytes[i], JSON_SHORT);
  putchar('"');
}

/* One object for each case, on a line of its own.  `sent` has {host} and the
 * like where each connection has its own. */
void print_probe_json(const probe *all) {
  for (size_t i = 0; i < all->sent; i++) {
    const probe_case *one = &probe_cases[i];
    const answer *got = &all->answers[i];
    put_member("{\"rule\":", one->rule, strlen(one->rule));
    printf(",\"level\":\"%s\"", level_of(one));
    put_member(",\"what\":", one->what, strlen(one->what));
    put_member(",\"sent\":", one->bytes, one->len);
    printf(",\"wanted\":\"%s\",\"status\":%d,\"verdict\":\"%s\"}\n",
           words[one->allowed].wanted, got->status > 0 ? got->status : 0,
           verdicts[all->verdicts[i]]);
  }
}
