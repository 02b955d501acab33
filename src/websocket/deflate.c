/* SPDX-License-Identifier: MIT
 *
 * Agrees on permessage-deflate (RFC 7692 7.1).  It compresses nothing.
 */
#include "extension.h"
#include "../text/field.h"

#define BITS_LEAST 8
#define BITS_MOST 15
#define ZLIB_BITS_LEAST 9 /* zlib cannot do 8 without its header */

/* The parameters of an offer or of an answer.  Bits that are not there are
 * 0. */
typedef struct deflate_terms {
  upshake_slice rest; /* the part of the member that is not parsed yet */
  uint8_t server_bits, client_bits;
  uint8_t no_server_takeover, no_client_takeover;
  uint8_t client_bits_named; /* 1: client_max_window_bits is there */
} deflate_terms;

/* ---- reading an offer: what RFC 7692 7 does not define declines it ---- */

/* Returns 8 to 15, or 0 for anything else.  The number is a token or a
 * quoted-string, without a leading zero (7.1.2.1). */
static COLD uint8_t parse_bits(upshake_slice value) {
  char digits[2];
  size_t len = upshake_unquote(value, digits, sizeof digits);

  if (len == 1 && (digits[0] == '8' || digits[0] == '9'))
    return (uint8_t)(digits[0] - '0');
  if (len == 2 && digits[0] == '1' && digits[1] >= '0' && digits[1] <= '5')
    return (uint8_t)(10 + digits[1] - '0');
  return 0;
}

/* Takes a parameter that has no value and may be there once. */
static int take_flag(uint8_t *flag, upshake_slice value) {
  int is_good = !*flag && !value.ptr;
  *flag = 1;
  return is_good;
}

static int take_server_bits(deflate_terms *o, upshake_slice value) {
  if (o->server_bits || !value.ptr)
    return 0;
  o->server_bits = parse_bits(value);
  return o->server_bits > 0;
}

/* The value of client_max_window_bits is a hint, and may be left out
 * (7.1.2.2). */
static int take_client_bits(deflate_terms *o, upshake_slice value) {
  if (o->client_bits_named)
    return 0;
  o->client_bits_named = 1;
  if (!value.ptr)
    return 1;
  o->client_bits = parse_bits(value);
  return o->client_bits > 0;
}

enum { SERVER_TAKEOVER, CLIENT_TAKEOVER, SERVER_BITS, CLIENT_BITS, PARAMETERS };

static NOINLINE int which_parameter(upshake_slice name) {
  static const char names[PARAMETERS][27] = {
      "server_no_context_takeover", "client_no_context_takeover",
      "server_max_window_bits", "client_max_window_bits"};
  int i = 0;
  while (i < PARAMETERS && !upshake_equal(name, names[i]))
    i++;
  return i;
}

static NOINLINE int take_parameter(deflate_terms *o, int which,
                                   upshake_slice value) {
  switch (which) {
  case SERVER_TAKEOVER:
    return take_flag(&o->no_server_takeover, value);
  case CLIENT_TAKEOVER:
    return take_flag(&o->no_client_takeover, value);
  case SERVER_BITS:
    return take_server_bits(o, value);
  case CLIENT_BITS:
    return take_client_bits(o, value);
  default:
    return 0;
  }
}

static NOINLINE COLD int parse_offer(upshake_slice member, deflate_terms *o) {
  upshake_slice name, value;
  int more;

  memset(o, 0, sizeof *o);
  o->rest = member;
  more = upshake_next_parameter(&o->rest, &name, &value);
  if (more != 1 || value.ptr || !upshake_equal(name, "permessage-deflate"))
    return 0;
  while ((more = upshake_next_parameter(&o->rest, &name, &value)) == 1)
    if (!take_parameter(o, which_parameter(name), value))
      return 0;
  return more == 0;
}

/* ---- agreeing ---- */

static int smaller(int a, int b) { return a < b ? a : b; }

static int bits_or(int bits, int otherwise) { return bits ? bits : otherwise; }

/* Returns 0 if the server cannot do what the client offers (RFC 7692 7). */
static int agree(const deflate_terms *o, const upshake_deflate_caps *caps,
                 upshake_deflate *agreed) {
  int least = bits_or(caps->server_bits_least, ZLIB_BITS_LEAST);
  int server = smaller(bits_or(o->server_bits, BITS_MOST),
                       bits_or(caps->server_bits, BITS_MOST));
  int client = bits_or(caps->client_bits, BITS_MOST);

  if (server < least || server < BITS_LEAST || client < BITS_LEAST)
    return 0;
  if (client < BITS_MOST && !o->client_bits_named)
    return 0; /* the client must not be told (7.1.2.2) */
  client = smaller(client, bits_or(o->client_bits, BITS_MOST));
  agreed->server_bits = (uint8_t)server;
  agreed->client_bits = (uint8_t)client;
  agreed->no_server_takeover =
      o->no_server_takeover || caps->no_server_takeover;
  agreed->no_client_takeover =
      o->no_client_takeover || caps->no_client_takeover;
  return 1;
}

/* ---- the answer ---- */

static size_t add_text(char *out, size_t len, const char *text) {
  size_t text_len = strlen(text);
  memcpy(out + len, text, text_len);
  return len + text_len;
}

static size_t add_bits(char *out, size_t len, const char *text, int bits) {
  len = add_text(out, len, text);
  if (bits > 9)
    out[len++] = '1';
  out[len++] = (char)('0' + bits % 10);
  return len;
}

/* Repeats what the client asked for.  Other parameters are written only if the
 * client must know them.  UPSHAKE_DEFLATE_CAP bytes are always enough. */
static size_t write_answer(const deflate_terms *o,
                           const upshake_deflate *agreed, char *out) {
  size_t len = add_text(out, 0, "permessage-deflate");
  if (agreed->no_server_takeover)
    len = add_text(out, len, "; server_no_context_takeover");
  if (agreed->no_client_takeover)
    len = add_text(out, len, "; client_no_context_takeover");
  if (o->server_bits || agreed->server_bits < BITS_MOST)
    len = add_bits(out, len, "; server_max_window_bits=", agreed->server_bits);
  if (o->client_bits_named &&
      (o->client_bits || agreed->client_bits < BITS_MOST))
    len = add_bits(out, len, "; client_max_window_bits=", agreed->client_bits);
  return len;
}

size_t upshake_agree_deflate(upshake_fields fields,
                             const upshake_deflate_caps *caps,
                             upshake_deflate *agreed,
                             char value[UPSHAKE_DEFLATE_CAP]) {
  static const upshake_deflate_caps all = {0, 0, 0, 0, 0};
  upshake_list offers = upshake_begin_list(fields, "Sec-WebSocket-Extensions");
  upshake_slice member;
  deflate_terms o;

  while (upshake_next_member(&offers, &member))
    if (parse_offer(member, &o) && agree(&o, caps ? caps : &all, agreed))
      return write_answer(&o, agreed, value);
  return 0;
}

/* ---- checking an answer: the client's side ---- */

/* Reads the parameters of an answer.  Returns 0 if they answer no possible
 * offer: in an answer client_max_window_bits needs a value (7.1.2.2). */
static int read_answer(const deflate_terms *answer, upshake_deflate *agreed) {
  agreed->server_bits = answer->server_bits;
  agreed->client_bits = answer->client_bits;
  agreed->no_server_takeover = answer->no_server_takeover;
  agreed->no_client_takeover = answer->no_client_takeover;
  return answer->client_bits || !answer->client_bits_named;
}

/* 1 if the answer fits the offer: it grants what the offer asks for, and says
 * nothing that the offer does not allow (RFC 7692 7.1). */
static int answers(const upshake_deflate *answer, const deflate_terms *o) {
  if (answer->client_bits && !o->client_bits_named)
    return 0;
  if (o->no_server_takeover && !answer->no_server_takeover)
    return 0;
  return !o->server_bits ||
         (answer->server_bits && answer->server_bits <= o->server_bits);
}

/* Takes from the offer what the answer does not say. */
static void complete(upshake_deflate *agreed, const deflate_terms *o) {
  agreed->server_bits = (uint8_t)bits_or(agreed->server_bits, BITS_MOST);
  agreed->client_bits =
      (uint8_t)smaller(bits_or(agreed->client_bits, BITS_MOST),
                       bits_or(o->client_bits, BITS_MOST));
  agreed->no_client_takeover |= o->no_client_takeover;
}

COLD int upshake__check_deflate(upshake_slice fields, const char *name,
                                upshake_slice member, upshake_deflate *agreed) {
  upshake_slice line;
  deflate_terms o;

  if (!parse_offer(member, &o) || !read_answer(&o, agreed))
    return 0;
  while (next_line(&fields, name, &line)) {
    while (next_in(&line, &member)) {
      if (parse_offer(member, &o) && answers(agreed, &o)) {
        complete(agreed, &o);
        return 1;
      }
    }
  }
  return 0;
}
