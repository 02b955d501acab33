/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect: why does my handshake fail?
 *
 * Reads one request, and whatever follows it, and says what a server that
 * uses upshake would do with it, and why.  This file is the options, the
 * reading and the feeding.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#ifdef _WIN32
#include <fcntl.h>
#include <io.h>
#endif

#include "inspect.h"
#include "protocol_option.h"

/* Exit statuses beside the outcomes, as in BSD's sysexits.h. */
enum { BAD_USAGE = 64, BAD_INPUT = 66, BAD_SYSTEM = 71, BAD_OUTPUT = 74 };

/* The 32-bit offsets of a handshake set the largest head. */
#define HEAD_MAX_DEFAULT 8192u
#define HEAD_MAX_LARGEST UINT32_MAX
#define PROTOCOLS_MAX 32 /* as upshake_init says */

static const char usage[] =
    "usage: upshake-inspect [OPTION]... [FILE]\n"
    "\n"
    "Why does my handshake fail?  Reads one HTTP/1.1 request, and whatever\n"
    "follows it, from FILE or from standard input (no FILE, or -), and says\n"
    "what a server would do with it, and why.\n"
    "\n"
    "  --protocol TOKEN[/VERSION][,method=NAME][,body=consume]\n"
    "                      a protocol that the server speaks; repeatable, the\n"
    "                      preferred one first (default: websocket).  method:\n"
    "                      offered with it, not with GET; repeatable.  body:\n"
    "                      a request with a body may switch behind it\n"
    "  --subprotocol NAME  a WebSocket sub-protocol that the server speaks;\n"
    "                      repeatable\n"
    "  --deflate           agree to permessage-deflate\n"
    "  --origin ORIGIN     an Origin that may open a WebSocket, such as\n"
    "                      https://example.com; repeatable; any: all of them\n"
    "                      (default: the host that the request is for)\n"
    "  --head-max OCTETS   the longest head, 1 to 4294967295 (default: 8192)\n"
    "  --feed N            give the request to the server N octets at a time\n"
    "                      (default: 0, all at once)\n"
    "  --json              print one JSON object, for scripts\n"
    "  --help              print this\n"
    "\n"
    "exit status: 0 switched, 1 refused, 2 plain (no upgrade), 3 incomplete,\n"
    "64 bad usage, 66 unreadable file\n";

typedef struct options {
  const char *file;
  upshake_protocol *protocols;
  const char **subprotocols;
  const char **origins;
  size_t protocols_len, subprotocols_len, origins_len;
  size_t head_max, feed;
  int origin_any, deflate, json;
} options;

static void *allocate(size_t len) {
  void *memory = malloc(len ? len : 1);
  if (memory == NULL) {
    fputs("upshake-inspect: out of memory\n", stderr);
    exit(BAD_SYSTEM);
  }
  return memory;
}

/* ---- Options ------------------------------------------------------------ */

static void fail_usage(const char *what, const char *argument) {
  fprintf(stderr, "upshake-inspect: %s: '", what);
  put_escaped(stderr, argument, strlen(argument));
  fputs("' (--help says more)\n", stderr);
  exit(BAD_USAGE);
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

static void add_origin(options *opt, const char *text) {
  if (strcmp(text, "any") == 0)
    opt->origin_any = 1;
  else
    opt->origins[opt->origins_len++] = text;
}

static void set_option(options *opt, const char *name, char *value) {
  if (strcmp(name, "--protocol") == 0)
    add_protocol(opt, value);
  else if (strcmp(name, "--subprotocol") == 0)
    add_subprotocol(opt, value);
  else if (strcmp(name, "--origin") == 0)
    add_origin(opt, value);
  else if (strcmp(name, "--head-max") == 0)
    opt->head_max = parse_number(name, value, 1, HEAD_MAX_LARGEST);
  else
    opt->feed = parse_number(name, value, 0, SIZE_MAX);
}

static int takes_value(const char *name) {
  static const char *const names[] = {"--protocol", "--subprotocol", "--origin",
                                      "--head-max", "--feed"};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
    if (strcmp(name, names[i]) == 0)
      return 1;
  return 0;
}

static void set_file(options *opt, const char *file) {
  if (opt->file != NULL)
    fail_usage("more than one FILE", file);
  opt->file = file;
}

static void print_usage(void) {
  fputs(usage, stdout);
  exit(fflush(stdout) == 0 ? 0 : BAD_OUTPUT);
}

static int take_flag(options *opt, const char *name) {
  if (strcmp(name, "--help") == 0)
    print_usage();
  if (strcmp(name, "--json") == 0)
    return opt->json = 1;
  if (strcmp(name, "--deflate") == 0)
    return opt->deflate = 1;
  return 0;
}

/* One option and, where it has one, its value: --feed 1 or --feed=1.  Returns
 * how many arguments that were. */
static int take_option(options *opt, char **argv) {
  char *equals = strchr(argv[0], '=');
  if (take_flag(opt, argv[0]))
    return 1;
  if (equals != NULL)
    *equals = '\0';
  if (!takes_value(argv[0])) {
    if (equals != NULL)
      *equals = '=';
    fail_usage("unknown option", argv[0]);
  }
  if (equals == NULL && argv[1] == NULL)
    fail_usage("this option needs a value", argv[0]);
  set_option(opt, argv[0], equals ? equals + 1 : argv[1]);
  return equals ? 1 : 2;
}

static void parse_options(options *opt, int argc, char **argv) {
  size_t most = (size_t)argc + 1;
  int options_end = 0;
  memset(opt, 0, sizeof *opt);
  opt->head_max = HEAD_MAX_DEFAULT;
  opt->protocols = allocate(most * sizeof *opt->protocols);
  memset(opt->protocols, 0, most * sizeof *opt->protocols);
  opt->subprotocols = allocate(most * sizeof *opt->subprotocols);
  opt->origins = allocate(most * sizeof *opt->origins);

  for (int i = 1; i < argc;) {
    if (options_end || argv[i][0] != '-' || strcmp(argv[i], "-") == 0)
      set_file(opt, argv[i++]);
    else if (strcmp(argv[i], "--") == 0)
      options_end = ++i;
    else
      i += take_option(opt, argv + i);
  }
  if (opt->protocols_len == 0)
    opt->protocols[opt->protocols_len++].token = "websocket";
}

static upshake_config make_config(const options *opt) {
  upshake_config config;
  memset(&config, 0, sizeof config);
  config.protocols = opt->protocols;
  config.protocols_len = opt->protocols_len;
  config.subprotocols = opt->subprotocols;
  config.subprotocols_len = opt->subprotocols_len;
  config.origins = opt->origins;
  config.origins_len = opt->origins_len;
  config.origin = opt->origin_any    ? UPSHAKE_ORIGIN_ANY
                  : opt->origins_len ? UPSHAKE_ORIGIN_LIST
                                     : UPSHAKE_ORIGIN_SAME_HOST;
  return config;
}

/* ---- Reading ------------------------------------------------------------- */

static void fail_input(const char *file) {
  const char *why = strerror(errno);
  fputs("upshake-inspect: cannot read '", stderr);
  put_escaped(stderr, file, strlen(file));
  fprintf(stderr, "': %s\n", why);
  exit(BAD_INPUT);
}

static char *read_stream(FILE *stream, const char *name, size_t *len) {
  size_t cap = 4096;
  char *octets = allocate(cap);
  *len = 0;
  errno = 0;
  for (;;) {
    size_t got = fread(octets + *len, 1, cap - *len, stream);
    *len += got;
    if (ferror(stream))
      fail_input(name);
    if (got == 0)
      return octets;
    if (*len < cap)
      continue;
    char *more = allocate(cap * 2);
    memcpy(more, octets, *len);
    free(octets);
    octets = more;
    cap *= 2;
  }
}

static char *read_input(const char *file, size_t *len) {
  if (file == NULL || strcmp(file, "-") == 0) {
#ifdef _WIN32
    _setmode(_fileno(stdin), _O_BINARY); /* or CR LF arrives as LF */
#endif
    return read_stream(stdin, "standard input", len);
  }
  FILE *stream = fopen(file, "rb");
  if (stream == NULL)
    fail_input(file);
  char *octets = read_stream(stream, file, len);
  fclose(stream);
  return octets;
}

/* ---- The handshake ------------------------------------------------------- */

static void fail_library(upshake_error error) {
  fprintf(stderr, "upshake-inspect: %s\n", upshake_strerror(error));
  exit(BAD_SYSTEM);
}

/* The answer to the client's offers of permessage-deflate, where there is one
 * and the server agrees. */
static void agree_extensions(inspection *in, const options *opt) {
  upshake_list offers = {
      {NULL, 0}, upshake_get_request(&in->hs).fields, EXTENSIONS_FIELD};
  upshake_deflate agreed;
  if (!opt->deflate || !is_websocket(in->result.protocol))
    return;
  size_t len = upshake_agree_deflate(offers, NULL, &agreed, in->agreed);
  if (len == 0)
    return;
  in->extensions.ptr = in->agreed;
  in->extensions.len = len;
}

/* The reply goes behind what was sent already: a 100 before a body. */
static void write_reply(inspection *in) {
  upshake_extra extra;
  size_t len;
  memset(&extra, 0, sizeof extra);
  extra.extensions = in->extensions;
  upshake_reply(&in->hs, &extra, NULL, 0, &len); /* its length */
  char *reply = allocate(in->reply_len + len);
  if (in->reply_len > 0)
    memcpy(reply, in->reply, in->reply_len);
  free(in->reply);
  in->reply = reply;
  upshake_error error =
      upshake_reply(&in->hs, &extra, reply + in->reply_len, len, &len);
  if (error != UPSHAKE_OK)
    fail_library(error);
  in->reply_len += len;
}

/* Each piece is fed from memory of exactly its size, so that a memory checker
 * sees an octet too far. */
static void feed_piece(inspection *in, size_t len) {
  size_t used = 0;
  char *piece = allocate(len);
  if (len > 0)
    memcpy(piece, in->octets + in->taken, len);
  upshake_feed(&in->hs, piece, len, &used);
  in->result = upshake_get_result(&in->hs);
  in->taken += used;
  if (in->result.body > 0)
    memcpy(in->content + in->content_len, piece + used - in->result.body,
           in->result.body);
  in->content_len += in->result.body;
  free(piece);
}

/* Content and a 100 are steps on the way, which go on without further octets.
 */
static int is_on_the_way(const inspection *in) {
  return in->result.next == UPSHAKE_BODY ||
         (in->result.next == UPSHAKE_SEND && in->result.status == 100);
}

static void feed_all(inspection *in, size_t step) {
  in->result = upshake_get_result(&in->hs);
  while (is_on_the_way(in) ||
         (in->result.next == UPSHAKE_READ && in->taken < in->len)) {
    size_t left = in->len - in->taken;
    if (in->result.next == UPSHAKE_SEND)
      write_reply(in);
    feed_piece(in, step && step < left ? step : left);
  }
}

static outcome judge_outcome(const upshake_result *result) {
  if (result->next == UPSHAKE_READ)
    return INCOMPLETE;
  if (result->next == UPSHAKE_PLAIN)
    return PLAIN;
  return result->status == UPSHAKE_ACCEPT ? SWITCHED : REFUSED;
}

/* Only an input that fills head_max can be too long, so the head memory need
 * not be larger than one octet more than the input. */
static void inspect(inspection *in, const options *opt) {
  size_t cap = in->len < opt->head_max ? in->len + 1 : opt->head_max;
  char *head = allocate(cap);
  upshake_error error = upshake_init(&in->hs, in->config, head, cap, NULL);
  if (error != UPSHAKE_OK)
    fail_library(error);

  in->content = allocate(in->len);
  feed_all(in, opt->feed);
  in->outcome = judge_outcome(&in->result);
  if (in->outcome == SWITCHED)
    agree_extensions(in, opt);
  if (in->outcome == SWITCHED || in->outcome == REFUSED)
    write_reply(in);
  if (opt->json)
    print_json(in);
  else
    print_text(in);
  free(in->reply);
  free(in->content);
  free(head);
}

int main(int argc, char **argv) {
  options opt;
  parse_options(&opt, argc, argv);
  upshake_config config = make_config(&opt);
  inspection in;
  memset(&in, 0, sizeof in);
  in.config = &config;
  char *octets = read_input(opt.file, &in.len);
  in.octets = octets;

  inspect(&in, &opt);
  free(octets);
  free(opt.protocols);
  free(opt.subprotocols);
  free(opt.origins);
  if (fflush(stdout) != 0 || ferror(stdout)) {
    fputs("upshake-inspect: cannot write the result\n", stderr);
    return BAD_OUTPUT;
  }
  return (int)in.outcome;
}
