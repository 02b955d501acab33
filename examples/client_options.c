/* SPDX-License-Identifier: MIT
 *
 * The command line of upshake-client: see client_options.h.
 */
#include "client_options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client_report.h"
#include "demo_text.h"
#include "start.h"

void options_print_help(void) {
  puts(
      "usage: upshake-client [OPTION]... ws://HOST[:PORT][/PATH]\n"
      "\n"
      "Opens a WebSocket, sends each line of standard input as a message and\n"
      "prints what comes back; at the end of the input it closes.\n"
      "\n"
      "  --message TEXT       send this instead, print the echo, and close;\n"
      "                       repeatable\n"
      "  --subprotocol NAME   offer this sub-protocol; repeatable, the\n"
      "                       preferred one first\n"
      "  --subprotocol-required\n"
      "                       refuse an answer that chooses none, as browsers\n"
      "                       do\n"
      "  --deflate            offer permessage-deflate\n"
      "  --origin ORIGIN      as a page of this origin would\n"
      "  --header 'NAME: VALUE'\n"
      "                       send this field, too; repeatable\n"
      "  --timeout MS         for a silence of the server, while connecting,\n"
      "                       before the answer, and before an echo (10000);\n"
      "                       the system takes its own to look up a name\n"
      "  -v                   show both heads, on stderr\n"
      "  --json               print one JSON object, for scripts\n"
      "  --help               this text\n"
      "\n"
      "Exit status: 0 switched, echoed and closed; 1 the answer breaks a\n"
      "rule; 2 another answer than a switch; 3 no connection, or no whole\n"
      "answer; 4 it failed after the switch; 64 bad usage, 71 trouble with\n"
      "the system, 74 no output.");
}

/* The options; each returns NULL, or what the value should have been. */
static const char *add_message(struct options *options, char *value) {
  upshake_slice text = {value, strlen(value)};
  options->messages[options->messages_len++] = value;
  return text_is_utf8(text) ? NULL : "not UTF-8";
}

static const char *add_subprotocol(struct options *options, char *value) {
  options->subprotocols[options->subprotocols_len++] = value;
  return NULL;
}

static const char *set_origin(struct options *options, char *value) {
  options->origin = value;
  return NULL;
}

/* Blanks around a value are not part of it (RFC 9112 5.1). */
static const char *add_header(struct options *options, char *value) {
  upshake_field *field = &options->fields[options->fields_len++];
  const char *colon = strchr(value, ':');
  if (colon == NULL || colon == value)
    return "not NAME: VALUE";
  field->name = (upshake_slice){value, (size_t)(colon - value)};
  colon += 1 + strspn(colon + 1, " \t");
  field->value = (upshake_slice){colon, strlen(colon)};
  while (field->value.len > 0 &&
         strchr(" \t", colon[field->value.len - 1]) != NULL)
    field->value.len--;
  return NULL;
}

static const char *set_timeout(struct options *options, char *value) {
  options->timeout = parse_number(value, 1, 86400000);
  return options->timeout < 0 ? "not a number from 1 to 86400000" : NULL;
}

static const struct {
  const char *name;
  const char *(*set)(struct options *options, char *value);
} known[] = {
    {"--message", add_message}, {"--subprotocol", add_subprotocol},
    {"--origin", set_origin},   {"--header", add_header},
    {"--timeout", set_timeout},
};

/* The options without a value. */
static int take_flag(struct options *options, const char *name) {
  if (strcmp(name, "--help") == 0)
    return options->help = 1;
  if (strcmp(name, "--deflate") == 0)
    return options->deflate = 1;
  if (strcmp(name, "--subprotocol-required") == 0)
    return options->subprotocol_required = 1;
  if (strcmp(name, "--json") == 0)
    return options->json = 1;
  if (strcmp(name, "-v") == 0)
    return options->verbose = 1;
  return 0;
}

static int is_name(const char *name, const char *word) {
  size_t len = strcspn(word, "=");
  return strlen(name) == len && strncmp(name, word, len) == 0;
}

/* `--name value` or `--name=value`; returns how many words that were, or 0
 * where it is wrong. */
static int take_option(struct options *options, char **words) {
  size_t at = 0;
  if (take_flag(options, words[0]))
    return 1;
  while (at < sizeof known / sizeof known[0] &&
         !is_name(known[at].name, words[0]))
    at++;
  if (at == sizeof known / sizeof known[0]) {
    complain("unknown option \"%s\"; see --help", words[0]);
    return 0;
  }
  char *equals = strchr(words[0], '=');
  char *value = equals != NULL ? equals + 1 : words[1];
  if (value == NULL) {
    complain("%s needs a value", known[at].name);
    return 0;
  }
  const char *complaint = known[at].set(options, value);
  if (complaint == NULL)
    return equals != NULL ? 1 : 2;
  complain("%s: \"%s\" is %s", known[at].name, value, complaint);
  return 0;
}

static int take_uri(struct options *options, const char *text) {
  if (options->text != NULL) {
    complain("more than one URI: \"%s\"", text);
    return 0;
  }
  options->text = text;
  const char *complaint = uri_parse(&options->uri, text);
  if (complaint != NULL)
    complain("\"%s\" is %s", text, complaint);
  return complaint == NULL;
}

static int take_words(struct options *options, int argc, char **argv) {
  for (int i = 1, words; i < argc && !options->help; i += words) {
    words = argv[i][0] == '-' ? take_option(options, &argv[i])
                              : take_uri(options, argv[i]);
    if (words == 0)
      return EXIT_BAD_USAGE;
  }
  if (options->text != NULL || options->help)
    return 0;
  complain("no URI; see --help");
  return EXIT_BAD_USAGE;
}

int options_parse(struct options *options, int argc, char **argv) {
  size_t most = (size_t)argc + 1;
  *options = (struct options){.timeout = 10000};
  options->subprotocols = calloc(most, sizeof *options->subprotocols);
  options->fields = calloc(most, sizeof *options->fields);
  options->messages = calloc(most, sizeof *options->messages);
  if (options->subprotocols != NULL && options->fields != NULL &&
      options->messages != NULL)
    return take_words(options, argc, argv);
  complain("out of memory");
  return EXIT_BAD_SYSTEM;
}

void options_free(struct options *options) {
  free(options->subprotocols);
  free(options->fields);
  free(options->messages);
}
