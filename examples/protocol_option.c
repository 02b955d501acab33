/* SPDX-License-Identifier: MIT
 *
 * The value of --protocol: see protocol_option.h.
 */
#include "protocol_option.h"

#include <string.h>

/* End the text at the first `mark`; returns what is behind it, or NULL. */
static char *cut(char *text, char mark) {
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

/* "GET", and behind it in the same text "POST": "GET,POST".  There is room, as
 * the second one stood behind ",method=". */
static char *add_method(char *methods, char *method) {
  if (methods == NULL)
    return method;
  char *end = methods + strlen(methods);
  *end = ',';
  memmove(end + 1, method, strlen(method) + 1);
  return methods;
}

/* The library knows which entries of a table contradict themselves. */
static int can_be_spoken(const upshake_protocol *row) {
  const upshake_config config = {.protocols = row, .protocols_len = 1};
  upshake hs;
  return upshake_init(&hs, &config, NULL, 0, NULL) == UPSHAKE_OK;
}

const char *protocol_option(upshake_protocol *row, char *text) {
  static const char method[] = "method=";
  const size_t method_len = sizeof method - 1;
  char *settings = cut(text, ',');
  char *version = cut(text, '/');
  char *methods = NULL;

  if (!is_token(text))
    return text;
  if (version != NULL && !is_token(version))
    return version;
  while (settings != NULL) {
    char *setting = settings;
    settings = cut(setting, ',');
    if (strcmp(setting, "body=consume") == 0)
      row->body = UPSHAKE_BODY_CONSUME;
    else if (strncmp(setting, method, method_len) == 0 &&
             is_token(setting + method_len))
      methods = add_method(methods, setting + method_len);
    else
      return setting;
  }
  row->token = text;
  row->version = version;
  row->methods = methods;
  return can_be_spoken(row) ? NULL : text;
}
