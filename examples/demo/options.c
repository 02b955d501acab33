/* SPDX-License-Identifier: MIT
 *
 * The command line of upshake-demo: see options.h.
 */
#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/text.h"
#include "../common/protocol_option.h"
#include "../common/start.h"

#define PROTOCOLS_MAX 32 /* see upshake_init */

void options_print_help(void) {
  puts("usage: upshake-demo [OPTION]...\n"
       "\n"
       "Serves a page that shows a WebSocket handshake.  Every path speaks\n"
       "WebSocket echo and the private protocol `echo`.\n"
       "\n"
       "  --host ADDR          listen on this address only (default: on\n"
       "                       127.0.0.1 and, if the machine has it, [::1])\n"
       "  --port N             listen on this port; 0: any free port\n"
       "                       (default: 8080)\n"
       "  --protocol TOKEN[/VERSION][,method=NAME][,body=consume]\n"
       "                       speak this protocol like `echo`; repeatable\n"
       "  --subprotocol NAME   speak this sub-protocol; repeatable\n"
       "                       (default: chat)\n"
       "  --deflate            agree to permessage-deflate\n"
       "  --origin ORIGIN      accept pages of this origin, or of `any`;\n"
       "                       repeatable (default: of the request's host)\n"
       "  --head-timeout MS    answer 408 if a head takes longer\n"
       "                       (default: 10000)\n"
       "  --max-connections N  answer 503 to further connections\n"
       "                       (default: 1024)\n"
       "  --help               print this text\n"
       "\n"
       "Exit status:\n"
       "   0  ended by SIGINT or SIGTERM\n"
       "   1  cannot listen\n"
       "  64  wrong usage\n"
       "  71  no memory for the options\n"
       "  74  cannot write to standard output");
}

/* The options.  Each function returns NULL, or what is wrong with the value. */
static const char *set_host(struct options *options, char *value) {
  const char *end = value;
  while (*end >= '!' && *end <= '~')
    end++;
  options->host = value;
  return end > value && *end == '\0' ? NULL : "not an address";
}

static const char *set_port(struct options *options, char *value) {
  options->port = value;
  return parse_number(value, 0, 65535) >= 0 ? NULL
                                            : "not a number from 0 to 65535";
}

/* Two entries stay free, for `websocket` and for `echo`. */
static const char *add_protocol(struct options *options, char *value) {
  if (options->protocols_len == PROTOCOLS_MAX - 2)
    return "one protocol too many";
  if (protocol_option(&options->protocols[options->protocols_len++], value))
    return "not TOKEN[/VERSION][,method=NAME][,body=consume]";
  return NULL;
}

static void add_default(struct options *options, upshake_protocol entry) {
  for (size_t i = 0; i < options->protocols_len; i++) {
    const char *named = options->protocols[i].name;
    if (upshake_equal_fold((upshake_slice){named, strlen(named)}, entry.name))
      return;
  }
  options->protocols[options->protocols_len++] = entry;
}

static const char *add_subprotocol(struct options *options, char *value) {
  upshake_slice name = {value, strlen(value)};
  options->subprotocols[options->subprotocols_len++] = value;
  return upshake_is_token(name) ? NULL : "not a token";
}

/* The library compares an origin exactly.  With a path behind it, often a
 * single slash, it would never match. */
static const char *add_origin(struct options *options, char *value) {
  if (strcmp(value, "any") == 0) {
    options->any_origin = 1;
    return NULL;
  }
  const char *host = strstr(value, "://");
  options->origins[options->origins_len++] = value;
  if (host == NULL || host == value || host[3] == '\0' ||
      strpbrk(host + 3, "/?# ") != NULL)
    return "not `any`, scheme://host or scheme://host:port";
  return NULL;
}

static const char *set_head_timeout(struct options *options, char *value) {
  options->head_timeout = parse_number(value, 1, 86400000);
  return options->head_timeout > 0 ? NULL : "not a number from 1 to 86400000";
}

static const char *set_max_connections(struct options *options, char *value) {
  long number = parse_number(value, 1, 100000);
  options->max_connections = number > 0 ? (size_t)number : 0;
  return number > 0 ? NULL : "not a number from 1 to 100000";
}

static const struct {
  const char *name;
  const char *(*set)(struct options *options, char *value);
} known[] = {
    {"--host", set_host},
    {"--port", set_port},
    {"--protocol", add_protocol},
    {"--subprotocol", add_subprotocol},
    {"--origin", add_origin},
    {"--head-timeout", set_head_timeout},
    {"--max-connections", set_max_connections},
};

/* A word of the command line, made fit to be shown in one line. */
struct word {
  char text[1024];
};

static struct word show_word(const char *word) {
  struct word shown;
  struct text text = {shown.text, sizeof shown.text - 1, 0, 0};
  text_add_clipped(&text, (upshake_slice){word, strlen(word)}, 200);
  shown.text[text.len] = '\0';
  return shown;
}

/* The options without a value. */
static int take_flag(struct options *options, const char *name) {
  if (strcmp(name, "--help") == 0)
    return options->help = 1;
  if (strcmp(name, "--deflate") == 0)
    return options->deflate = 1;
  return 0;
}

/* Takes `--name value` or `--name=value`.  Returns how many words it has taken,
 * or 0 after a line on stderr. */
static int take_option(struct options *options, char **words) {
  size_t name_len = strcspn(words[0], "=");
  char *value = words[0][name_len] == '=' ? words[0] + name_len + 1 : words[1];
  if (take_flag(options, words[0]))
    return 1;
  for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
    if (strlen(known[i].name) != name_len ||
        strncmp(known[i].name, words[0], name_len) != 0)
      continue;
    if (value == NULL) {
      fprintf(stderr, "upshake-demo: %s needs a value\n", known[i].name);
      return 0;
    }
    struct word shown = show_word(value); /* before `set` splits the value */
    const char *complaint = known[i].set(options, value);
    if (complaint == NULL)
      return value == words[1] ? 2 : 1;
    fprintf(stderr, "upshake-demo: %s: \"%s\" is %s\n", known[i].name,
            shown.text, complaint);
    return 0;
  }
  fprintf(stderr, "upshake-demo: unknown option \"%s\"; see --help\n",
          show_word(words[0]).text);
  return 0;
}

int options_parse(struct options *options, int argc, char **argv) {
  *options = (struct options){
      .port = "8080", .head_timeout = 10000, .max_connections = 1024};
  size_t most = (size_t)argc + 1;
  options->subprotocols = calloc(most, sizeof *options->subprotocols);
  options->origins = calloc(most, sizeof *options->origins);
  options->protocols = calloc(PROTOCOLS_MAX, sizeof *options->protocols);
  if (options->subprotocols == NULL || options->origins == NULL ||
      options->protocols == NULL) {
    fputs("upshake-demo: out of memory\n", stderr);
    return EXIT_BAD_SYSTEM;
  }
  for (int i = 1, words; i < argc && !options->help; i += words)
    if ((words = take_option(options, &argv[i])) == 0)
      return EXIT_BAD_USAGE;
  if (options->subprotocols_len == 0)
    options->subprotocols[options->subprotocols_len++] = "chat";
  add_default(options, (upshake_protocol)UPSHAKE_WEBSOCKET);
  add_default(options, (upshake_protocol)UPSHAKE_PROTOCOL("echo"));
  return 0;
}

void options_free(struct options *options) {
  free(options->protocols);
  free(options->subprotocols);
  free(options->origins);
}
