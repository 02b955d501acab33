/* SPDX-License-Identifier: MIT
 *
 * The command line of upshake-client: see options.h.
 */
#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "address.h"
#include "hex.h"
#include "report.h"
#include "../common/text.h"
#include "../common/start.h"

void options_print_help(void) {
  puts(
      "usage: upshake-client [OPTION]... [ws://][USER:PASSWORD@]HOST[:PORT]"
      "[/PATH]\n"
      "\n"
      "Opens a WebSocket and sends each line of standard input as a message.\n"
      "Prints the messages that come back.  Closes at the end of the input.\n"
      "wss:// is TLS.\n"
      "\n"
      "  --message TEXT       send this instead, print the echo, and close;\n"
      "                       repeatable\n"
      "  --binary             send and print hexadecimal digits as bytes\n"
      "  --subprotocol NAME   offer it; repeatable, the preferred name first\n"
      "  --subprotocol-required   refuse an answer without, as browsers do\n"
      "  --deflate            offer permessage-deflate\n"
      "  --origin ORIGIN      send this Origin, as a page would\n"
      "  --header 'NAME: VALUE'   send this field too; repeatable\n"
      "  --protocol TOKEN     ask for another protocol, and pass on its bytes\n"
      "                       unchanged;  --method NAME  not by GET\n"
      "  --set FIELD=VALUE    change a field of the request, against all "
      "rules\n"
      "  --omit FIELD         leave it out;  both repeatable, in their order\n"
      "  --connect HOST:PORT  connect there; Host and TLS are of the URI\n"
      "  --ca FILE            trust these certificates;  --insecure  any\n"
      "  --timeout MS         give up after a silence: while looking up the\n"
      "                       name, while connecting, before the answer, and\n"
      "                       before an echo (default: 10000)\n"
      "  --timing             print how long each step took\n"
      "  -v                   print both heads on stderr\n"
      "  --json               print one JSON object, for scripts\n"
      "  --help               print this text\n"
      "\n"
      "Exit status: 0 switched, echoed and closed; 1 the answer breaks a "
      "rule;\n"
      "2 the answer is no switch; 3 no connection, or no complete answer; 4 "
      "it\n"
      "failed after the switch; 64 wrong usage; 71 the system failed; 74 "
      "cannot\n"
      "write to standard output");
}

/* The options.  Each function returns NULL, or what is wrong with the value. */
static const char *add_message(struct options *options, char *value) {
  options->messages[options->messages_len++] =
      (struct message){value, strlen(value)};
  return text_is_utf8(upshake_text(value)) ? NULL : "not UTF-8";
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

static const char *set_protocol(struct options *options, char *value) {
  int is_websocket = upshake_equal_fold(upshake_text(value), "websocket");
  options->protocol = is_websocket ? NULL : value;
  return strchr(value, ',') == NULL ? NULL : "more than one protocol";
}

static const char *set_method(struct options *options, char *value) {
  options->method = value;
  return NULL;
}

static const char *set_ca(struct options *options, char *value) {
  options->trust.ca = value;
  return NULL;
}

/* The host and the port are read as those of a URI are. */
static const char *set_connect(struct options *options, char *value) {
  char uri[sizeof options->connect.authority + 5] = "ws://";
  const char *bracket = strchr(value, ']');
  if (strlen(value) >= sizeof uri - 5 || strpbrk(value, "/?#@") != NULL ||
      strchr(bracket != NULL ? bracket : value, ':') == NULL)
    return "not HOST:PORT";
  strcat(uri, value);
  return uri_parse(&options->connect, uri) == NULL ? NULL : "not HOST:PORT";
}

static const char *add_edit(struct options *options, const char *name,
                            size_t len, const char *value) {
  options->edits[options->edits_len++] =
      (struct edit){{name, len}, upshake_text(value)};
  return len > 0 ? NULL : "without the name of a field";
}

static const char *add_set(struct options *options, char *value) {
  const char *equals = strchr(value, '=');
  if (equals == NULL)
    return "not FIELD=VALUE";
  return add_edit(options, value, (size_t)(equals - value), equals + 1);
}

static const char *add_omit(struct options *options, char *value) {
  return add_edit(options, value, strlen(value), NULL);
}

static const struct {
  const char *name;
  const char *(*set)(struct options *options, char *value);
} known[] = {
    {"--message", add_message}, {"--subprotocol", add_subprotocol},
    {"--origin", set_origin},   {"--header", add_header},
    {"--timeout", set_timeout}, {"--protocol", set_protocol},
    {"--method", set_method},   {"--ca", set_ca},
    {"--connect", set_connect}, {"--set", add_set},
    {"--omit", add_omit},
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
  if (strcmp(name, "--binary") == 0)
    return options->binary = 1;
  if (strcmp(name, "--timing") == 0)
    return options->timing = 1;
  if (strcmp(name, "--insecure") == 0)
    return options->trust.insecure = 1;
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

/* ---- The address --------------------------------------------------------- */

static const char *take_user(struct options *options, const char *user,
                             size_t len) {
  upshake_field *field = &options->fields[options->fields_len++];
  const char *complaint = address_authorize(user, len, options->authorization);
  *field = (upshake_field){upshake_text("Authorization"),
                           upshake_text(options->authorization)};
  return complaint;
}

static int take_uri(struct options *options, const char *text) {
  const char *user;
  size_t len;
  if (options->text != NULL) {
    complain("more than one URI: \"%s\"", text);
    return 0;
  }
  options->text = text;
  const char *complaint =
      address_parse(&options->uri, text, options->address, &user, &len);
#ifndef EXAMPLES_OPENSSL
  if (options->uri.secure)
    complaint = "wss://, which needs TLS; this program was built without "
                "OpenSSL";
#endif
  if (complaint == NULL && user != NULL)
    complaint = take_user(options, user, len);
  if (complaint != NULL)
    complain("\"%s\" is %s", text, complaint);
  return complaint == NULL;
}

/* ---- All of it ----------------------------------------------------------- */

/* Returns what does not fit together, or NULL. */
static const char *find_conflict(const struct options *options) {
  int is_secured = options->trust.ca != NULL || options->trust.insecure;
  if (is_secured && !options->uri.secure)
    return "--ca and --insecure are for wss://";
  if (options->protocol == NULL)
    return NULL;
  if (options->messages_len > 0 || options->binary || options->deflate ||
      options->subprotocols[0] != '\0' || options->subprotocol_required)
    return "--message, --binary, --subprotocol and --deflate are for WebSocket";
  return options->json ? "--json is for WebSocket: another protocol has "
                         "standard output for its bytes"
                       : NULL;
}

/* The text of an argument may be changed (C11 5.1.2.2.1). */
static int read_binary(struct options *options) {
  for (size_t i = 0; i < options->messages_len; i++) {
    struct message *message = &options->messages[i];
    long len = hex_read(message->bytes, message->len);
    if (len < 0) {
      complain("--message: \"%s\" is not hexadecimal digits, two for each "
               "byte",
               message->bytes);
      return 0;
    }
    message->len = (size_t)len;
  }
  return 1;
}

static int check(struct options *options) {
  const char *conflict = find_conflict(options);
  const struct uri *to =
      options->connect.host[0] != '\0' ? &options->connect : &options->uri;
  options->connect_host = to->host;
  options->connect_port = to->port;
  if (conflict != NULL)
    complain("%s", conflict);
  if (conflict != NULL || (options->binary && !read_binary(options)))
    return EXIT_BAD_USAGE;
  return 0;
}

static int take_words(struct options *options, int argc, char **argv) {
  for (int i = 1, words; i < argc && !options->help; i += words) {
    words = argv[i][0] == '-' ? take_option(options, &argv[i])
                              : take_uri(options, argv[i]);
    if (words == 0)
      return EXIT_BAD_USAGE;
  }
  if (options->help)
    return 0;
  if (options->text != NULL)
    return check(options);
  complain("no URI; see --help");
  return EXIT_BAD_USAGE;
}

int options_parse(struct options *options, int argc, char **argv) {
  size_t most = (size_t)argc + 1, bytes = 1;
  *options = (struct options){.timeout = 10000};
  for (int i = 1; i < argc; i++)
    bytes += strlen(argv[i]) + 2; /* with a comma and a blank */
  options->subprotocols = calloc(bytes, 1);
  options->address = calloc(bytes + ADDRESS_MORE, 1);
  options->authorization = calloc(AUTHORIZATION_CAP(bytes), 1);
  options->fields = calloc(most, sizeof *options->fields);
  options->edits = calloc(most, sizeof *options->edits);
  options->messages = calloc(most, sizeof *options->messages);
  if (options->subprotocols != NULL && options->fields != NULL &&
      options->messages != NULL && options->edits != NULL &&
      options->address != NULL && options->authorization != NULL)
    return take_words(options, argc, argv);
  complain("out of memory");
  return EXIT_BAD_SYSTEM;
}

void options_free(struct options *options) {
  free(options->subprotocols);
  free(options->fields);
  free(options->messages);
  free(options->edits);
  free(options->address);
  free(options->authorization);
}
