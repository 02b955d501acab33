/* SPDX-License-Identifier: MIT
 *
 * The table of errors, row by row: the columns agree with each other, and each
 * row has a vector.
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "check.h"
#include "error/errors.h"
#include "vectors.h"

enum { ERROR_OF_ANSWER = 6, ERROR_OF_CALL = 7 }; /* classes of the table only */

typedef struct row {
  const char *name;
  unsigned class;
  int status;
  unsigned field;
  const char *rule, *sentence;
  upshake_error error;
} row;

#define ROW(name, class, status, field, rule, sentence)                        \
  {#name,    ERROR_##class,     status, ERROR_##field, rule,                   \
   sentence, UPSHAKE_ERR_##name},
static const row rows[] = {ERRORS(ROW)};
#undef ROW

static int begins_with(const char *text, const char *prefix) {
  return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* Says which row is meant if an assertion about it fails. */
#define CHECK_ROW(row, condition)                                              \
  do {                                                                         \
    if (!(condition))                                                          \
      fail_msg("%s: not true: %s", (row)->name, #condition);                   \
  } while (0)

static int causes_a_reply(const row *r) {
  return r->class == ERROR_AT_BYTE || r->class == ERROR_AT_LINE ||
         r->class == ERROR_OF_MESSAGE || r->class == ERROR_IN_BODY ||
         r->class == ERROR_OF_OFFER;
}

static void every_error_has_one_row(void **state) {
  (void)state;
  assert_int_equal(CHECK_LEN(rows), UPSHAKE_ERRORS_LEN);
  for (size_t i = 0; i < CHECK_LEN(rows); i++)
    for (size_t j = 0; j < CHECK_LEN(rows); j++)
      CHECK_ROW(&rows[i], (rows[i].error == rows[j].error) == (i == j));
}

static void the_explanation_is_the_row(void **state) {
  (void)state;
  for (const row *r = rows; r < rows + CHECK_LEN(rows); r++) {
    upshake_explanation why = upshake_explain(r->error);
    CHECK_ROW(r, strcmp(why.name, r->name) == 0);
    CHECK_ROW(r, strcmp(why.rule, r->rule) == 0);
    CHECK_ROW(r, strcmp(why.sentence, r->sentence) == 0);
    CHECK_ROW(r, strcmp(upshake_strerror(r->error), r->sentence) == 0);
    CHECK_ROW(r, why.status == r->status);
  }
}

/* It may come from elsewhere: a log, or another version of the library. */
static void a_number_that_is_no_error_is_explained_as_unknown(void **state) {
  static const int numbers[] = {UPSHAKE_ERRORS_LEN, 255, 65536, -1};
  (void)state;
  for (size_t i = 0; i < CHECK_LEN(numbers); i++) {
    upshake_explanation why = upshake_explain((upshake_error)numbers[i]);
    assert_string_equal(why.name, "UNKNOWN");
    assert_string_equal(why.rule, "");
    assert_string_equal(why.sentence, "this number is no upshake_error");
    assert_int_equal(why.status, 0);
  }
}

/* Only some errors of a call follow from no RFC. */
static void every_error_has_a_rule_and_a_sentence(void **state) {
  (void)state;
  for (const row *r = rows; r < rows + CHECK_LEN(rows); r++) {
    size_t len = strlen(r->sentence);
    CHECK_ROW(r, begins_with(r->rule, "RFC ") || r->error == UPSHAKE_OK ||
                     (r->class == ERROR_OF_CALL && r->rule[0] == '\0'));
    CHECK_ROW(r, len > 0 && len < 120 && r->sentence[len - 1] != '.');
  }
}

static void the_status_fits_the_class(void **state) {
  (void)state;
  for (const row *r = rows; r < rows + CHECK_LEN(rows); r++)
    if (causes_a_reply(r) && r->error != UPSHAKE_ERR_REFUSED)
      CHECK_ROW(r, r->status >= 400 && r->status <= 505);
    else
      CHECK_ROW(r, r->status == 0);
}

static void the_columns_of_a_server_are_those_of_the_table(void **state) {
  (void)state;
  for (const row *r = rows; r < rows + CHECK_LEN(rows); r++) {
    if (r->class == ERROR_OF_ANSWER || r->class == ERROR_OF_CALL)
      continue; /* these cause no reply */
    CHECK_ROW(r, r->status == 0 || error_status(r->error) == r->status);
    CHECK_ROW(r, error_class_of(r->error) == r->class);
    CHECK_ROW(r, error_field_of(r->error) == r->field);
    CHECK_ROW(r, is_refused_at_once(r->error) ==
                     (r->class == ERROR_AT_BYTE || r->class == ERROR_AT_LINE));
  }
}

/* RFC 6455 4.4, and RFC 9110 15.5.6.  A new error that belongs to one of them
 * would lose its field without this test. */
static void errors_of_the_version_and_405_bring_their_field(void **state) {
  (void)state;
  for (const row *r = rows; r < rows + CHECK_LEN(rows); r++) {
    CHECK_ROW(r, (r->field == ERROR_VERSION) ==
                     (begins_with(r->name, "VERSION_") || r->status == 426));
    CHECK_ROW(r, (r->field == ERROR_ALLOW) == (r->status == 405));
  }
}

/* Behind a sound message that ends where all agree on it, a refusal of the
 * offer alone leaves the connection as it was (RFC 9112 9.3, RFC 9931 5). */
static void only_a_refused_offer_keeps_the_connection(void **state) {
  static const upshake_error kept[] = {
      UPSHAKE_ERR_METHOD,
      UPSHAKE_ERR_METHOD_NOT_GET,
      UPSHAKE_ERR_CAPSULES,
      UPSHAKE_ERR_EXPECTATION,
      UPSHAKE_ERR_VERSION_REPEATED,
      UPSHAKE_ERR_VERSION_MALFORMED,
      UPSHAKE_ERR_VERSION_MISSING,
      UPSHAKE_ERR_VERSION_UNSUPPORTED,
      UPSHAKE_ERR_KEY_REPEATED,
      UPSHAKE_ERR_KEY_MALFORMED,
      UPSHAKE_ERR_KEY_MISSING,
      UPSHAKE_ERR_SUBPROTOCOL_MALFORMED,
      UPSHAKE_ERR_EXTENSION_MALFORMED,
      UPSHAKE_ERR_ORIGIN_REPEATED,
      UPSHAKE_ERR_ORIGIN_MALFORMED,
      UPSHAKE_ERR_ORIGIN_MISSING,
      UPSHAKE_ERR_ORIGIN_REFUSED,
      UPSHAKE_ERR_SUBPROTOCOL_REQUIRED,
      UPSHAKE_ERR_PROTOCOL_UNKNOWN,
      UPSHAKE_ERR_REFUSED,
      UPSHAKE_ERR_DECISION,
  };
  (void)state;
  for (const row *r = rows; r < rows + CHECK_LEN(rows); r++) {
    int is_kept = 0;
    for (size_t i = 0; i < CHECK_LEN(kept); i++)
      is_kept |= r->error == kept[i];
    CHECK_ROW(r, !causes_a_reply(r) || (r->class == ERROR_OF_OFFER) == is_kept);
  }
}

/* ---- The vectors ----------------------------------------------------------
 */

enum { CHAPTERS_CAP = 4 << 20 };

static size_t append_file(char *all, size_t len, const char *name) {
  char path[1024];
  FILE *file;
  snprintf(path, sizeof path, "%s/%s", UPSHAKE_VECTORS_DIR, name);
  file = fopen(path, "r");
  assert_non_null(file);
  len += fread(all + len, 1, CHAPTERS_CAP - 1 - len, file);
  assert_true(feof(file));
  fclose(file);
  return len;
}

/* The chapters, one behind the other. */
static const char *read_chapters(void) {
  static char all[CHAPTERS_CAP];
  DIR *folder = opendir(UPSHAKE_VECTORS_DIR);
  size_t len = 0;
  assert_non_null(folder);
  for (struct dirent *entry; (entry = readdir(folder)) != NULL;)
    if (strstr(entry->d_name, ".md") && strcmp(entry->d_name, "README.md"))
      len = append_file(all, len, entry->d_name);
  closedir(folder);
  return all;
}

static int is_of_word(char byte) {
  return (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
         byte == '_';
}

static int names_word(const char *text, const char *word) {
  size_t len = strlen(word);
  for (const char *at = text; (at = strstr(at, word)) != NULL; at += len)
    if ((at == text || !is_of_word(at[-1])) && !is_of_word(at[len]))
      return 1;
  return 0;
}

/* INCOMPLETE is "incomplete" there, ROOM comes in every vector of a reply
 * without being named, and a vector cannot cause the three others. */
static void every_error_has_a_vector(void **state) {
  const char *chapters = read_chapters();
  (void)state;
  for (const row *r = rows; r < rows + CHECK_LEN(rows); r++)
    CHECK_ROW(r, names_word(chapters, r->name) ||
                     r->error == UPSHAKE_ERR_INCOMPLETE ||
                     r->error == UPSHAKE_ERR_ROOM ||
                     r->error == UPSHAKE_ERR_CONFIG ||
                     r->error == UPSHAKE_ERR_CONTENT ||
                     r->error == UPSHAKE_ERR_REPLY_ACCEPT);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_error_has_one_row),
      cmocka_unit_test(the_explanation_is_the_row),
      cmocka_unit_test(a_number_that_is_no_error_is_explained_as_unknown),
      cmocka_unit_test(every_error_has_a_rule_and_a_sentence),
      cmocka_unit_test(the_status_fits_the_class),
      cmocka_unit_test(the_columns_of_a_server_are_those_of_the_table),
      cmocka_unit_test(errors_of_the_version_and_405_bring_their_field),
      cmocka_unit_test(only_a_refused_offer_keeps_the_connection),
      cmocka_unit_test(every_error_has_a_vector),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
