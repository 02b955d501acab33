/* SPDX-License-Identifier: MIT
 *
 * Judges requests of HTTP/2 and HTTP/3.  An extended CONNECT (RFC 8441, RFC
 * 9220) becomes the facts of the GET of HTTP/1.1 that it stands for; the
 * judgement of these facts is the same.
 */
#include "foreign.h"

#include "../error/errors.h"
#include "../judge/known.h"
#include "../head/target.h"

/* Pseudo-fields of a request (RFC 9113 8.3.1, RFC 8441 4), in the order of
 * judge->pseudo_at. */
enum {
  PSEUDO_METHOD,
  PSEUDO_SCHEME,
  PSEUDO_AUTHORITY,
  PSEUDO_PATH,
  PSEUDO_PROTOCOL,
  PSEUDO_MOST /* they do not count as field lines; and: none of them */
};

/* Bits of judge->seen; those of pseudo-fields are 1 << PSEUDO_.... */
enum {
  SEEN_METHOD = 1 << PSEUDO_METHOD,
  SEEN_SCHEME = 1 << PSEUDO_SCHEME,
  SEEN_AUTHORITY = 1 << PSEUDO_AUTHORITY,
  SEEN_PATH = 1 << PSEUDO_PATH,
  SEEN_PROTOCOL = 1 << PSEUDO_PROTOCOL,
  SEEN_FIELD = 32, /* a field that is no pseudo-field */
  SEEN_HOST = 64
};

/* ---- pseudo-fields ---- */

static unsigned which_pseudo(upshake_slice name) {
  static const char names[PSEUDO_MOST][12] = {
      ":method", ":scheme", ":authority", ":path", ":protocol"};
  unsigned which = 0;
  while (which < PSEUDO_MOST && !upshake_equal(name, names[which]))
    which++;
  return which;
}

/* Keeps the number of this field as the place of a pseudo-field.  A number that
 * is more than 255 stands behind pseudo-fields that are refused. */
static void keep_number(upshake_judge *judge, unsigned which) {
  uint32_t number = judge->hs.parser.pos;
  judge->pseudo_at[which] = (uint8_t)(number < UINT8_MAX ? number : UINT8_MAX);
}

static void note_pseudo(upshake_judge *judge, unsigned which,
                        upshake_error error) {
  upshake__note_bad(&judge->hs.facts, error, judge->pseudo_at[which]);
}

static void keep_pseudo(upshake_judge *judge, unsigned which,
                        upshake_slice value) {
  upshake_slice *const slots[PSEUDO_MOST] = {&judge->found.method,
                                             &judge->scheme, &judge->host,
                                             &judge->path, &judge->protocol};
  judge->seen |= (uint8_t)(1 << which);
  *slots[which] = value;
  keep_number(judge, which);
}

/* Pseudo-fields come first, each once, and no other exists (RFC 9113 8.3). */
static void judge_pseudo(upshake_judge *judge, upshake_slice name,
                         upshake_slice value) {
  unsigned which = which_pseudo(name);

  if (which == PSEUDO_MOST || (judge->seen & SEEN_FIELD)) {
    note_syntax(judge, UPSHAKE_ERR_PSEUDO_MALFORMED);
    return;
  }
  if (judge->seen >> which & 1) {
    note_syntax(judge, UPSHAKE_ERR_PSEUDO_REPEATED);
    return;
  }
  keep_pseudo(judge, which, value);
  if (which == PSEUDO_METHOD)
    upshake__note_run(judge, RUN_METHOD, value);
  if (which == PSEUDO_AUTHORITY)
    upshake__judge_host(&judge->hs.facts, NULL, value, judge->hs.parser.pos);
}

/* ---- fields ---- */

/* 1 if this field has no place in a request of HTTP/2 (RFC 9113 8.2.2). */
static int is_out_of_place(upshake_slice name, upshake_slice value) {
  return upshake__is_hop_field(name) &&
         !(upshake_equal(name, "te") && upshake_equal_fold(value, "trailers"));
}

/* Compares Host with :authority: the host in any case; a port that is left out
 * is the default port of :scheme (RFC 9113 8.3.1). */
static void judge_host_field(upshake_judge *judge, upshake_slice value) {
  int32_t port = upshake__default_port(judge->scheme), own, other;
  upshake_slice host = judge->host;

  if (judge->seen & SEEN_HOST)
    note_syntax(judge, UPSHAKE_ERR_HOST_REPEATED);
  judge->seen |= SEEN_HOST;
  if ((judge->seen & SEEN_AUTHORITY) == 0) {
    judge->host = value;
    keep_number(judge, PSEUDO_AUTHORITY); /* Host stands in for it */
    upshake__judge_host(&judge->hs.facts, NULL, value, judge->hs.parser.pos);
    return;
  }
  own = upshake__parse_authority(host, &host.len);
  other = upshake__parse_authority(value, &value.len);
  if (own == AUTHORITY_NO_PORT)
    own = port;
  if (other == AUTHORITY_NO_PORT)
    other = port;
  if (own != other || !upshake__same_fold(host, value))
    note_syntax(judge, UPSHAKE_ERR_HOST_DIFFERS);
}

/* A name has no upper-case letter, and a value no blank at its ends (RFC 9113
 * 8.2.1). */
static void judge_bytes_of_field(upshake_judge *judge, upshake_slice name,
                                 upshake_slice value) {
  upshake__judge_bytes(judge, name, value, PSEUDO_MOST);
  if (!is_lower(name))
    note_syntax(judge, UPSHAKE_ERR_FIELD_NAME);
  if (!upshake__is_value(value))
    note_syntax(judge, UPSHAKE_ERR_FIELD_VALUE);
}

static void judge_stream_field(upshake_judge *judge, upshake_slice name,
                               upshake_slice value) {
  unsigned which;

  if (name.len > 0 && *name.ptr == ':') {
    upshake__judge_bytes(judge, slice_from(name, 1), value, PSEUDO_MOST);
    judge_pseudo(judge, name, value);
    return;
  }
  judge_bytes_of_field(judge, name, value);
  judge->seen |= SEEN_FIELD;
  which = name.len > 0 ? upshake__which_field(name) : (unsigned)FIELD_OTHER;
  if (is_out_of_place(name, value))
    note_syntax(judge, UPSHAKE_ERR_HOP_FIELD);
  else if (which == FIELD_HOST)
    judge_host_field(judge, value);
  else if (which != FIELD_KEY) /* RFC 8441 5: not processed */
    upshake__judge_and_keep(judge, name, value);
}

/* ---- the end of the head ---- */

static int is_offer(const upshake_judge *judge) {
  return (judge->seen & SEEN_PROTOCOL) != 0;
}

static int has_connect(const upshake_judge *judge) {
  return upshake_equal(judge->found.method, "CONNECT");
}

static int has_scheme_of_http(const upshake_judge *judge) {
  return upshake_equal_fold(judge->scheme, "https") ||
         upshake_equal_fold(judge->scheme, "http");
}

/* The path of an http or https URI is never empty (RFC 9113 8.3.1). */
static int has_path_of_http(const upshake_judge *judge) {
  upshake_slice path = judge->path;
  return (path.len > 0 && *path.ptr == '/') ||
         (upshake_equal(path, "*") &&
          upshake_equal(judge->found.method, "OPTIONS"));
}

/* Returns which pseudo-field of an offer is wrong.  The scheme is that of the
 * request, also for WebSocket (RFC 8441 4 and 5). */
static unsigned wrong_in_offer(const upshake_judge *judge) {
  if (!has_connect(judge))
    return PSEUDO_METHOD;
  if (!upshake_is_token(judge->protocol))
    return PSEUDO_PROTOCOL;
  if (!has_scheme_of_http(judge))
    return PSEUDO_SCHEME;
  return has_path_of_http(judge) ? PSEUDO_MOST : PSEUDO_PATH;
}

/* A CONNECT without :protocol has no others than :authority (RFC 9113 8.5). */
static unsigned wrong_in_tunnel(const upshake_judge *judge) {
  if (judge->seen & SEEN_SCHEME)
    return PSEUDO_SCHEME;
  return judge->seen & SEEN_PATH ? PSEUDO_PATH : PSEUDO_MOST;
}

/* RFC 9113 8.3.1; in HTTP/3 the authority is not empty (RFC 9114 4.3.1). */
static unsigned wrong_in_request(const upshake_judge *judge) {
  if (!upshake__is_scheme(judge->scheme))
    return PSEUDO_SCHEME;
  if (!has_scheme_of_http(judge))
    return PSEUDO_MOST;
  if (!has_path_of_http(judge))
    return PSEUDO_PATH;
  return judge->found.version == 30 && judge->host.len == 0 ? PSEUDO_AUTHORITY
                                                            : PSEUDO_MOST;
}

static unsigned wrong_pseudo(const upshake_judge *judge) {
  if (is_offer(judge))
    return wrong_in_offer(judge);
  return has_connect(judge) ? wrong_in_tunnel(judge) : wrong_in_request(judge);
}

/* Judges the target as HTTP/1.1 would have it. */
static void judge_stream_target(upshake_judge *judge, unsigned which,
                                upshake_slice target) {
  uint32_t *at = &judge->hs.parser.pos, end = *at;
  judge->found.target = target;
  *at = judge->pseudo_at[which];
  upshake__note_target(judge, 0, 11);
  *at = end;
}

/* An offer has no method: those of the table do not count. */
static void judge_connect(upshake_judge *judge) {
  upshake_private_facts *facts = &judge->hs.facts;

  if (upshake_is_secured_scheme(judge->scheme) &&
      facts->transport == UPSHAKE_TRANSPORT_UNSECURED)
    note_pseudo(judge, PSEUDO_SCHEME, UPSHAKE_ERR_TARGET_SECURED);
  judge->found.method = slice_none();
  judge_stream_target(judge, PSEUDO_PATH, judge->path);
  facts->flags |= FACT_UPGRADE | FACT_CONNECTION_UPGRADE | FACT_KEY;
  if (!upshake_equal_fold(judge->protocol, "h2c")) /* is no protocol inside */
    upshake__judge_upgrade(facts, judge->hs.config, judge->protocol,
                           judge->hs.parser.pos);
  facts->body_len = 0; /* DATA frames are the protocol's */
}

/* Returns which pseudo-fields this request must have.  In HTTP/3 Host alone may
 * stand in for :authority (RFC 9114 4.3.1). */
static unsigned needed_by(const upshake_judge *judge) {
  const unsigned all = SEEN_METHOD | SEEN_SCHEME | SEEN_AUTHORITY | SEEN_PATH;
  if (is_offer(judge))
    return all;
  if (has_connect(judge))
    return SEEN_AUTHORITY;
  return judge->found.version == 30 && !(judge->seen & SEEN_HOST) &&
                 has_scheme_of_http(judge)
             ? all
             : all & ~(unsigned)SEEN_AUTHORITY;
}

static void end_stream_head(upshake_judge *judge) {
  unsigned wrong = wrong_pseudo(judge);

  judge->hs.facts.flags |= FACT_HOST; /* an absent one was judged here */
  if (needed_by(judge) & ~(unsigned)judge->seen)
    upshake__note_bad(&judge->hs.facts, UPSHAKE_ERR_PSEUDO_MISSING,
                      judge->hs.end);
  else if (wrong != PSEUDO_MOST)
    note_pseudo(judge, wrong, UPSHAKE_ERR_PSEUDO_MALFORMED);
  else if (is_offer(judge))
    judge_connect(judge);
  else if (has_connect(judge))
    judge_stream_target(judge, PSEUDO_AUTHORITY, judge->host);
  else
    judge_stream_target(judge, PSEUDO_PATH, judge->path);
}

/* What is PLAIN in HTTP/1.1 cannot be served as another protocol than the one
 * of :protocol.  426 needs Upgrade, which HTTP/2 does not have. */
static void conclude_stream(upshake_judge *judge) {
  upshake *hs = &judge->hs;
  upshake_error error = (upshake_error)hs->error;

  if (!is_offer(judge))
    return;
  if (hs->next == UPSHAKE_PLAIN)
    upshake__conclude_refusal(hs,
                              error_class_of(error) == ERROR_PLAIN
                                  ? UPSHAKE_ERR_PROTOCOL_UNKNOWN
                                  : error,
                              hs->facts.bad_at);
  if (hs->status == 426)
    hs->status = 400;
}

static void show_stream(const upshake_judge *judge, upshake_request *request) {
  request->version = (uint8_t)judge->found.version;
  request->scheme = judge->scheme;
  request->authority = judge->host;
  if (is_offer(judge))
    request->method = slice_text("CONNECT");
}

/* A syntax that is wrong is 400; a limit or a secured target has another
 * status. Content that capsules cannot have makes a request malformed too (RFC
 * 9297 3.2), and so does an empty authority (RFC 9114 4.3.1). */
int upshake_judge_is_malformed(const upshake_judge *judge) {
  upshake_error error = (upshake_error)judge->hs.error;
  return error == UPSHAKE_ERR_CAPSULES || error == UPSHAKE_ERR_HOST_EMPTY ||
         (is_refused_at_once(error) && error_status(error) == 400);
}

upshake_error upshake_judge_begin_stream(upshake_judge *judge,
                                         const upshake_config *config,
                                         void *user,
                                         const upshake_found *found) {
  static const struct upshake_private_stream stream = {
      judge_stream_field, end_stream_head, conclude_stream, show_stream};
  upshake_error error = upshake__begin_judge(judge, config, user, found);
  if (error)
    return error;
  judge->hs.flags |= HANDSHAKE_STREAM;
  judge->stream = &stream;
  judge->found.method = judge->found.target = slice_none();
  if (found->version != 20 && found->version != 30)
    note_syntax(judge, UPSHAKE_ERR_HTTP_VERSION);
  upshake__judge_found(judge);
  return UPSHAKE_OK;
}
