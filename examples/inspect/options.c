/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect: its options and its memory.
 */
#include "options.h"

#include <stdlib.h>
#include <string.h>

#include "forms.h"
#include "live.h"
#include "print.h"
#include "../common/exit.h"
#include "../common/protocol_option.h"

/* A handshake has offsets of 32 bits, which limit the head. */
#define HEAD_MAX_DEFAULT 8192u
#define HEAD_MAX_LARGEST UINT32_MAX

/* Milliseconds. */
#define TIMEOUT_DEFAULT 10000
#define TIMEOUT_MAX 86400000
#define PROTOCOLS_MAX 32 /* see upshake_init */

/* The options, and the side that each is for. */
typedef enum side { BOTH, SERVER, CLIENT, LIVE } side;
typedef struct known {
  const char *name;
  int has_value;
  side side;
} known;
static const known all_known[] = {
    {"--protocol", 1, SERVER}, {"--subprotocol", 1, SERVER},
    {"--deflate", 0, SERVER},  {"--origin", 1, SERVER},
    {"--lean", 0, SERVER},     {"--total-max", 1, BOTH},
    {"--want", 1, SERVER},     {"--client", 0, BOTH},
    {"--request", 1, CLIENT},  {"--subprotocol-required", 0, CLIENT},
    {"--head-max", 1, BOTH},   {"--fields-max", 1, BOTH},
    {"--name-max", 1, BOTH},   {"--feed", 1, BOTH},
    {"--json", 0, BOTH},       {"--help", 0, BOTH},
    {"--reply", 0, SERVER},    {"--from", 1, BOTH},
    {"--strict", 0, BOTH},     {"--entry", 1, SERVER},
#ifndef _WIN32
    {"--listen", 1, LIVE},     {"--once", 0, LIVE},
    {"--probe", 1, LIVE},      {"--yes", 0, LIVE},
    {"--ca", 1, LIVE},         {"--insecure", 0, LIVE},
    {"--timeout", 1, LIVE},
#endif
};

/* ---- Options ------------------------------------------------------------ */

static void fail_usage(const char *what, const char *argument) {
  fprintf(stderr, "upshake-inspect: %s: '", what);
  put_escaped(stderr, argument, strlen(argument));
  fputs("' (--help says more)\n", stderr);
  exit(EXIT_BAD_USAGE);
}

static size_t parse_number(const char *option, const char *text, size_t min,
                           size_t max) {
  size_t number = 0;
  if (*text == '\0')
    fail_usage("this option needs a number", option);
  for (const char *p = text; *p != '\0'; p++) {
    if (*p < '0' || *p > '9')
      fail_usage("not a number", text);
    size_t digit = (size_t)(*p - '0');
    if (number > (SIZE_MAX - digit) / 10)
      fail_usage("number out of range", text);
    number = number * 10 + digit;
  }
  if (number < min || number > max)
    fail_usage("number out of range", text);
  return number;
}

static int is_token(const char *text) {
  upshake_slice slice = {text, strlen(text)};
  return upshake_is_token(slice);
}

/* Upgrade names a protocol as token ["/" token] (RFC 9110 7.8). */
static void add_protocol(options *opt, char *text) {
  if (opt->protocols_len == PROTOCOLS_MAX)
    fail_usage("more than 32 protocols", text);
  const char *wrong =
      protocol_option(&opt->protocols[opt->protocols_len++], text);
  if (wrong != NULL)
    fail_usage("not a protocol, or not a setting of one", wrong);
}

static void add_subprotocol(options *opt, const char *text) {
  if (!is_token(text))
    fail_usage("not a sub-protocol", text);
  opt->subprotocols[opt->subprotocols_len++] = text;
}

/* 1 for scheme "://" host [":" port]: a server that compares it with its own
 * host says so. */
static int has_origin_host(const char *text) {
  static const upshake_protocol protocol = UPSHAKE_WEBSOCKET;
  static const upshake_config config = {.protocols = &protocol,
                                        .protocols_len = 1};
  const upshake_field fields[] = {
      {{UPSHAKE_TEXT("Host")}, {UPSHAKE_TEXT("a")}},
      {{UPSHAKE_TEXT("Connection")}, {UPSHAKE_TEXT("Upgrade")}},
      {{UPSHAKE_TEXT("Upgrade")}, {UPSHAKE_TEXT("websocket")}},
      {{UPSHAKE_TEXT("Sec-WebSocket-Version")}, {UPSHAKE_TEXT("13")}},
      {{UPSHAKE_TEXT("Sec-WebSocket-Key")},
       {UPSHAKE_TEXT("dGhlIHNhbXBsZSBub25jZQ==")}},
      {{UPSHAKE_TEXT("Origin")}, upshake_text(text)}};
  const upshake_found found = {
      .version = 11,
      .method = {UPSHAKE_TEXT("GET")},
      .target = {UPSHAKE_TEXT("/")},
      .fields = upshake_array(fields, sizeof fields / sizeof *fields)};
  upshake_judge judge;
  upshake_judge_begin(&judge, &config, NULL, &found);
  upshake_judge_end(&judge);
  upshake_error error = upshake_get_result(upshake_judge_hs(&judge)).error;
  return error == UPSHAKE_OK || error == UPSHAKE_ERR_ORIGIN_REFUSED;
}

/* 1 for a scheme without hosts, such as "file://". */
static int is_hostless(const char *text) {
  static const char *const schemes[] = {"http", "https", "ws", "wss"};
  upshake_slice scheme = {text, strcspn(text, ":")};
  for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
    if (upshake_equal_fold(scheme, schemes[i]))
      return 0;
  return upshake_is_token(scheme) && strcmp(text + scheme.len, "://") == 0;
}

/* 1 if a browser could send it (RFC 6454 7.1). */
static int is_origin(const char *text) {
  return strcmp(text, "null") == 0 || is_hostless(text) ||
         has_origin_host(text);
}

static void add_origin(options *opt, const char *text) {
  if (strcmp(text, "any") == 0)
    opt->origin_any = 1;
  else if (is_origin(text))
    opt->origins[opt->origins_len++] = text;
  else
    fail_usage("not an origin; an origin has no path and no slash at its end",
               text);
}

static void add_wanted(options *opt, const char *text) {
  if (!is_token(text))
    fail_usage("not a name of a field", text);
  opt->wanted[opt->wanted_len++] = text;
}

static void set_lean_option(options *opt, const char *name, char *value) {
  opt->lean_option = name;
  if (strcmp(name, "--want") == 0)
    add_wanted(opt, value);
  else
    opt->total_max = parse_number(name, value, 1, HEAD_MAX_LARGEST);
}

static void set_feed(options *opt, const char *name, const char *value) {
  opt->feed = parse_number(name, value, 0, SIZE_MAX);
  opt->feed_given = 1;
}

/* The forms that a reader reads, by their names. */
static void set_from(options *opt, const char *name) {
  opt->from_given = 1;
  opt->from = strcmp(name, "raw") == 0 ? &raw_form : find_form(name);
  if (strcmp(name, "auto") != 0 && opt->from != &raw_form &&
      (opt->from == NULL || opt->from->read == NULL))
    fail_usage("not a form that is read", name);
}

static void set_option(options *opt, const char *name, char *value) {
  if (strcmp(name, "--protocol") == 0)
    add_protocol(opt, value);
  else if (strcmp(name, "--subprotocol") == 0)
    add_subprotocol(opt, value);
  else if (strcmp(name, "--origin") == 0)
    add_origin(opt, value);
  else if (strcmp(name, "--from") == 0)
    set_from(opt, value);
  else if (strcmp(name, "--entry") == 0)
    opt->entry = parse_number(name, value, 1, SIZE_MAX);
  else if (strcmp(name, "--request") == 0)
    opt->request = value;
  else if (strcmp(name, "--want") == 0 || strcmp(name, "--total-max") == 0)
    set_lean_option(opt, name, value);
  else if (strcmp(name, "--head-max") == 0)
    opt->head_max = parse_number(name, value, 1, HEAD_MAX_LARGEST);
  else if (strcmp(name, "--fields-max") == 0)
    opt->fields_max = parse_number(name, value, 1, UINT16_MAX);
  else if (strcmp(name, "--name-max") == 0)
    opt->name_max = parse_number(name, value, 1, UINT16_MAX);
  else if (strcmp(name, "--listen") == 0)
    opt->listen = value;
  else if (strcmp(name, "--probe") == 0)
    opt->probe = value;
  else if (strcmp(name, "--ca") == 0)
    opt->ca = value;
  else if (strcmp(name, "--timeout") == 0)
    opt->timeout = (long)parse_number(name, value, 1, TIMEOUT_MAX);
  else
    set_feed(opt, name, value);
}

static void set_flag(options *opt, const char *name) {
  if (strcmp(name, "--help") == 0)
    print_usage();
  if (strcmp(name, "--json") == 0)
    opt->json = 1;
  if (strcmp(name, "--strict") == 0)
    set_from(opt, "raw");
  if (strcmp(name, "--reply") == 0)
    opt->reply = 1;
  if (strcmp(name, "--deflate") == 0)
    opt->deflate = 1;
  if (strcmp(name, "--lean") == 0)
    opt->lean = 1;
  if (strcmp(name, "--client") == 0)
    opt->client = 1;
  if (strcmp(name, "--subprotocol-required") == 0)
    opt->subprotocol_required = 1;
  if (strcmp(name, "--once") == 0)
    opt->once = 1;
  if (strcmp(name, "--yes") == 0)
    opt->yes = 1;
  if (strcmp(name, "--insecure") == 0)
    opt->insecure = 1;
}

static const known *find_known(const char *name, size_t len) {
  for (size_t i = 0; i < sizeof all_known / sizeof all_known[0]; i++)
    if (strlen(all_known[i].name) == len &&
        memcmp(all_known[i].name, name, len) == 0)
      return &all_known[i];
  return NULL;
}

/* Takes one option and its value, if it has one: --feed 1 or --feed=1.  Returns
 * how many arguments it has taken. */
static int take_option(options *opt, char **argv) {
  char *equals = strchr(argv[0], '=');
  size_t len = equals ? (size_t)(equals - argv[0]) : strlen(argv[0]);
  const known *option = find_known(argv[0], len);
  if (option == NULL || (equals != NULL && !option->has_value))
    fail_usage("unknown option", argv[0]);
  if (option->side == SERVER)
    opt->server_option = option->name;
  if (option->side == CLIENT)
    opt->client_option = option->name;
  if (option->side == LIVE)
    opt->live_option = option->name;
  if (!option->has_value) {
    set_flag(opt, option->name);
    return 1;
  }
  if (equals == NULL && argv[1] == NULL)
    fail_usage("this option needs a value", argv[0]);
  set_option(opt, option->name, equals ? equals + 1 : argv[1]);
  return equals ? 1 : 2;
}

static void set_file(options *opt, const char *file) {
  if (opt->file != NULL)
    fail_usage("more than one FILE", file);
  opt->file = file;
}

#ifndef _WIN32
/* A server of the network is judged by its answer, as --client does. */
static void check_live(const options *opt) {
  int asks = opt->listen == NULL;
  if (opt->from_given || opt->entry != 0)
    fail_usage("only for a FILE", opt->entry ? "--entry" : "--from");
  if (opt->listen != NULL && (opt->file != NULL || opt->probe != NULL))
    fail_usage("not with --listen", opt->file ? opt->file : "--probe");
  if (opt->probe != NULL && opt->file != NULL)
    fail_usage("not with --probe", opt->file);
  if (opt->client)
    fail_usage("not with a connection", "--client");
  if (opt->once && asks)
    fail_usage("only with --listen", "--once");
  if (opt->yes && opt->probe == NULL)
    fail_usage("only with --probe", "--yes");
  if (opt->request != NULL && (opt->probe != NULL || !asks))
    fail_usage("only with ws://HOST or --client", "--request");
  if (opt->origins_len > 1 && asks)
    fail_usage("more than one Origin", opt->origins[1]);
  if (opt->deflate && opt->probe != NULL)
    fail_usage("not with --probe", "--deflate");
  if (asks && (opt->protocols_len > 0 || opt->lean || opt->wanted_len > 0))
    fail_usage("only for a request that is judged",
               opt->protocols_len ? "--protocol" : "--lean");
}
#endif

static void check_sides(const options *opt) {
  if (!opt->lean && !opt->client && opt->lean_option != NULL)
    fail_usage("only with --lean", opt->lean_option);
  if (!opt->client && opt->client_option != NULL)
    fail_usage("only with --client", opt->client_option);
  if (!opt->client)
    return;
  if (opt->server_option != NULL)
    fail_usage("not with --client", opt->server_option);
  if (opt->request == NULL)
    fail_usage("this option needs --request FILE", "--client");
  if (is_standard_input(opt->request) && is_standard_input(opt->file))
    fail_usage("the response cannot come from there too", opt->request);
}

upshake_limits limits_of(const options *opt) {
  upshake_limits limits;
  memset(&limits, 0, sizeof limits);
  limits.fields = (uint32_t)opt->fields_max;
  limits.name = (uint32_t)opt->name_max;
  limits.total = (uint32_t)opt->total_max;
  return limits;
}

void parse_options(options *opt, int argc, char **argv) {
  size_t most = (size_t)argc + 1;
  int options_end = 0;
  memset(opt, 0, sizeof *opt);
  opt->head_max = HEAD_MAX_DEFAULT;
  opt->timeout = TIMEOUT_DEFAULT;
  opt->protocols = allocate(most * sizeof *opt->protocols);
  memset(opt->protocols, 0, most * sizeof *opt->protocols);
  opt->subprotocols = allocate(most * sizeof *opt->subprotocols);
  opt->origins = allocate(most * sizeof *opt->origins);
  opt->wanted = allocate(most * sizeof *opt->wanted);

  for (int i = 1; i < argc;) {
    if (options_end || argv[i][0] != '-' || strcmp(argv[i], "-") == 0)
      set_file(opt, argv[i++]);
    else if (strcmp(argv[i], "--") == 0)
      options_end = ++i;
    else
      i += take_option(opt, argv + i);
  }
#ifndef _WIN32
  if (is_live(opt))
    check_live(opt);
  else if (opt->live_option != NULL)
    fail_usage("only with ws://HOST, --listen or --probe", opt->live_option);
  else
#endif
    check_sides(opt);
  if (!opt->from_given && (opt->json || opt->feed_given))
    opt->from = &raw_form;
  if (opt->protocols_len == 0)
    opt->protocols[opt->protocols_len++] = (upshake_protocol)UPSHAKE_WEBSOCKET;
}

void free_options(options *opt) {
  free(opt->protocols);
  free(opt->subprotocols);
  free(opt->origins);
  free(opt->wanted);
}
