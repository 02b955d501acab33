/* SPDX-License-Identifier: MIT
 *
 * The value of --protocol: see protocol_option.h.
 */
#include "protocol_option.h"

#include <string.h>

/* Ends the text at the first `mark`.  Returns the text behind it, or NULL. */
static char *split_at(char *text, char mark) {
  char *at = strchr(text, mark);
  if (at == NULL)
    return NULL;
  *at = '\0';
  return at + 1;
}

static int is_token(const char *text) {
  upshake_slice slice = {text, strlen(text)};
  return upshake_is_token(slice);
}

/* Appends a method to the list: "GET" and "POST" become "GET,POST".  There is
 * room, because the second method stood behind ",method=". */
static char *add_method(char *methods, char *method) {
  if (methods == NULL)
    return method;
  char *end = methods + strlen(methods);
  *end = ',';
  memmove(end + 1, method, strlen(method) + 1);
  return methods;
}

/* The library refuses entries that contradict themselves. */
static int can_be_spoken(const upshake_protocol *row) {
  const upshake_config config = {.protocols = row, .protocols_len = 1};
  upshake hs;
  return upshake_init(&hs, &config, NULL, 0, NULL) == UPSHAKE_OK;
}

/* Protocols whose rules the library knows.  Other protocols have no rules. */
static const upshake_protocol known[] = {
    UPSHAKE_WEBSOCKET,
    UPSHAKE_H2C,
    UPSHAKE_CAPSULES("connect-udp"),
    UPSHAKE_CAPSULES("connect-ip"),
};

static void set_rules(upshake_protocol *row) {
  upshake_slice name = {row->name, strlen(row->name)};
  for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
    if (upshake_equal_fold(name, known[i].name))
      row->rules = known[i].rules;
}

const char *protocol_option(upshake_protocol *row, char *text) {
  static const char method[] = "method=";
  const size_t method_len = sizeof method - 1;
  char *settings = split_at(text, ',');
  char *methods = NULL;

  while (settings != NULL) {
    char *setting = settings;
    settings = split_at(setting, ',');
    if (strcmp(setting, "body=consume") == 0)
      row->body = UPSHAKE_BODY_READ;
    else if (strncmp(setting, method, method_len) == 0 &&
             is_token(setting + method_len))
      methods = add_method(methods, setting + method_len);
    else
      return setting;
  }
  row->name = text;
  set_rules(row);
  row->methods = methods;
  return can_be_spoken(row) ? NULL : text;
}
