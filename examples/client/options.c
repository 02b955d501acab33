/* SPDX-License-Identifier: MIT
 *
 * The command line of upshake-client: see options.h.
 */
#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"
#include "../common/text.h"
#include "../common/start.h"

void options_print_help(void) {
  puts("usage: upshake-client [OPTION]... ws://HOST[:PORT][/PATH]\n"
       "\n"
       "Opens a WebSocket and sends each line of standard input as a message.\n"
       "Prints the messages that come back.  Closes at the end of the input.\n"
       "\n"
       "  --message TEXT       send this instead, print the echo, and close;\n"
       "                       repeatable\n"
       "  --subprotocol NAME   offer this sub-protocol; repeatable, the\n"
       "                       preferred name first\n"
       "  --subprotocol-required\n"
       "                       refuse an answer without a sub-protocol, as\n"
       "                       browsers do\n"
       "  --deflate            offer permessage-deflate\n"
       "  --origin ORIGIN      send this Origin, as a page would\n"
       "  --header 'NAME: VALUE'\n"
       "                       send this field too; repeatable\n"
       "  --timeout MS         give up after a silence: while looking up the\n"
       "                       name, while connecting, before the answer, and\n"
       "                       before an echo (default: 10000)\n"
       "  -v                   print both heads on stderr\n"
       "  --json               print one JSON object, for scripts\n"
       "  --help               print this text\n"
       "\n"
       "Exit status:\n"
       "   0  switched, echoed and closed\n"
       "   1  the answer breaks a rule\n"
       "   2  the answer is no switch\n"
       "   3  no connection, or no complete answer\n"
       "   4  it failed after the switch\n"
       "  64  wrong usage\n"
       "  71  the system failed\n"
       "  74  cannot write to standard output");
}

/* The options.  Each function returns NULL, or what is wrong with the value. */
static const char *add_message(struct options *options, char *value) {
  upshake_slice text = {value, strlen(value)};
  options->messages[options->messages_len++] = value;
  return text_is_utf8(text) ? NULL : "not UTF-8";
}

static const char *add_subprotocol(struct options *options, char *value) {
  if (options->subprotocols[0] != '\0')
    strcat(options->subprotocols, ", ");
  strcat(options->subprotocols, value);
  return NULL;
}

static const char *set_origin(struct options *options, char *value) {
  options->origin = value;
  return NULL;
}

/* Blanks around a value do not belong to it (RFC 9112 5.1). */
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

/* Takes `--name value` or `--name=value`.  Returns how many words it has taken,
 * or 0 after a line on stderr. */
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
  if (options->uri.secure)
    complaint = "wss://, which needs TLS; this program speaks ws:// only";
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
  size_t most = (size_t)argc + 1, bytes = 1;
  *options = (struct options){.timeout = 10000};
  for (int i = 1; i < argc; i++)
    bytes += strlen(argv[i]) + 2; /* with a comma and a blank */
  options->subprotocols = calloc(bytes, 1);
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
