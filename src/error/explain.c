/* SPDX-License-Identifier: MIT
 *
 * Explains errors to people.
 */
#include <stddef.h>

#include "errors.h"

/* All texts in one object, found by their offsets.  With pointers to literals
 * the linker would have to relocate each of them, and in a program that
 * explains nothing it could not leave the literals out. */
typedef struct texts {
#define MEMBER(name, class, status, field, rule, sentence)                     \
  struct {                                                                     \
    char id[sizeof #name], section[sizeof rule], text[sizeof sentence];        \
  } of_##name;
  ERRORS(MEMBER)
#undef MEMBER
} texts;

static const texts all_texts = {
#define TEXTS(name, class, status, field, rule, sentence)                      \
  {#name, rule, sentence},
    ERRORS(TEXTS)
#undef TEXTS
};

typedef struct text_place {
  uint16_t name, rule, sentence;
  uint16_t status;
} text_place;

static const text_place places[UPSHAKE_ERRORS_LEN] = {
#define ROW(name, class, status, field, rule, sentence)                        \
  [UPSHAKE_ERR_##name] = {offsetof(texts, of_##name.id),                       \
                          offsetof(texts, of_##name.section),                  \
                          offsetof(texts, of_##name.text), status},
    ERRORS(ROW)
#undef ROW
};

upshake_explanation upshake_explain(upshake_error error) {
  static const upshake_explanation unknown = {
      "UNKNOWN", "", "this number is no upshake_error", 0};
  const char *text = (const char *)&all_texts;
  upshake_explanation explanation;
  const text_place *found;

  if ((unsigned)error >= UPSHAKE_ERRORS_LEN)
    return unknown;
  found = &places[error];
  explanation.name = text + found->name;
  explanation.rule = text + found->rule;
  explanation.sentence = text + found->sentence;
  explanation.status = found->status;
  return explanation;
}

const char *upshake_strerror(upshake_error error) {
  return upshake_explain(error).sentence;
}
