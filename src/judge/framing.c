/* SPDX-License-Identifier: MIT
 *
 * Host and framing: the fields that decide where a request goes and where it
 * ends.  Any doubt allows request smuggling, so nothing is repaired.
 */
#include "../websocket/extension.h"
#include "judge.h"
#include "../head/target.h"

/* Fast path: 1 for a name without "%", and no port or one of 1 to 4 digits. */
#ifdef UPSHAKE_SMALL
#define is_usual_host(value) 0
#else
static inline int is_usual_host(upshake_slice value) {
  const char *p = value.ptr, *end;
  size_t left = value.len;
  if (left == 0)
    return 0;
  end = p + left;
  p = upshake__skip_class(p, end, CLASS_HOST);
  left = (size_t)(end - p);
  if (p == value.ptr || left == 0)
    return p != value.ptr;
  if (*p != ':' || left < 2 || left > 5)
    return 0;
  while (++p < end)
    if (!is_digit(*p))
      return 0;
  return 1;
}
#endif

/* Host = uri-host [ ":" port ], exactly once (RFC 9112 3.2).  An empty host is
 * legal, but some protocols refuse it. */
void upshake__judge_host(upshake_private_facts *facts,
                         const upshake_config *config, upshake_slice value,
                         uint32_t at) {
  size_t host_len;
  (void)config;
  if (upshake__note_once(facts, FACT_HOST, UPSHAKE_ERR_HOST_REPEATED, at))
    facts->host_at = at;
  if (is_usual_host(value))
    return;
  if (upshake__parse_authority(value, &host_len) == AUTHORITY_BROKEN)
    upshake__note_bad(facts, UPSHAKE_ERR_HOST_MALFORMED, at);
  if (host_len == 0)
    facts->flags |= FACT_HOST_EMPTY;
}

/* Notes an error; UPSHAKE_OK is no error.  If a line has several errors, the
 * caller gives the error that stands first in upshake_error. */
static NOINLINE void note_framing(upshake_private_facts *facts,
                                  upshake_error error, uint32_t at) {
  if (!error)
    return;
  facts->flags |= FACT_FRAMING_BAD;
  upshake__note_bad(facts, error, at);
}

/* Content-Length = 1*DIGIT (RFC 9110 8.6).  2^63 and more is refused, because
 * other programs may count in a signed number. */
static int parse_length(upshake_slice value, uint64_t *length) {
  *length = 0;
  for (size_t i = 0; i < value.len; i++) {
    if (!is_digit(value.ptr[i]) || *length >> 60) /* 10 * 2^60 > 2^63 */
      return 0;
    *length = *length * 10 + (uint64_t)(value.ptr[i] - '0');
    if (*length > INT64_MAX)
      return 0;
  }
  return value.len > 0;
}

COLD void upshake__judge_length(upshake_private_facts *facts,
                                const upshake_config *config,
                                upshake_slice value, uint32_t at) {
  upshake_error error = UPSHAKE_OK;
  uint64_t length;
  (void)config;
  if (parse_length(value, &length))
    facts->body_len = length;
  else
    error = UPSHAKE_ERR_LENGTH_MALFORMED;
  if (facts->flags & FACT_LENGTH)
    error = UPSHAKE_ERR_LENGTH_REPEATED;
  if (facts->flags & FACT_CODING)
    error = UPSHAKE_ERR_LENGTH_AND_CODING;
  facts->flags |= FACT_LENGTH;
  facts->part.head.content_at = at;
  note_framing(facts, error, at);
}

/* transfer-coding = token *( OWS ";" OWS transfer-parameter ) (RFC 9112 7).
 * Returns its end.  Returns NULL if it is malformed, or if it is a second
 * chunked or a chunked with parameters. */
static const char *take_coding(upshake_private_facts *facts, const char *p,
                               const char *end) {
  const char *stop = upshake__skip_class(p, end, CLASS_TOKEN);
  int is_chunked =
      upshake_equal_fold(slice_of(p, (size_t)(stop - p)), "chunked");

  if (stop == p)
    return NULL;
  stop = skip_blanks(stop, end);
  if (is_chunked) {
    if ((facts->flags & FACT_CHUNKED) || (stop < end && *stop != ','))
      return NULL;
    facts->flags |= FACT_CHUNKED | FACT_CHUNKED_LAST;
    return stop;
  }
  facts->flags |= FACT_CODING_UNKNOWN;
  facts->flags &= ~(uint32_t)FACT_CHUNKED_LAST;
  stop = upshake__skip_parameters(stop, end, CLASS_VALUE);
  return stop && stop < end && *stop != ',' ? NULL : stop;
}

static int take_codings(upshake_private_facts *facts, upshake_slice value) {
  const char *p = value.ptr, *end = value.len > 0 ? p + value.len : p;
  while (p && p < end)
    p = *p == ',' || is_blank(*p) ? p + 1 : take_coding(facts, p, end);
  return value.len == 0 || p;
}

/* 1 if there is an unknown coding, and chunked comes last.  content_at is then
 * the place of the unknown coding. */
static int is_known_before(const upshake_private_facts *facts) {
  uint32_t both = FACT_CODING_UNKNOWN | FACT_CHUNKED_LAST;
  return (facts->flags & both) == both;
}

/* Transfer-Encoding is one list over all its lines (RFC 9112 6.1).  Whether the
 * list ends in chunked can be judged only after the last line. */
COLD void upshake__judge_coding(upshake_private_facts *facts,
                                const upshake_config *config,
                                upshake_slice value, uint32_t at) {
  int is_first = (facts->flags & FACT_CODING) == 0;
  upshake_error error = UPSHAKE_OK;

  (void)config;
  facts->flags |= FACT_CODING;
  if (!take_codings(facts, value))
    error = UPSHAKE_ERR_CODING_MALFORMED;
  if (facts->flags & FACT_HTTP_1_0)
    error = UPSHAKE_ERR_CODING_IN_1_0;
  if (facts->flags & FACT_LENGTH)
    error = UPSHAKE_ERR_LENGTH_AND_CODING;
  note_framing(facts, error, at);
  if (is_first || !is_known_before(facts))
    facts->part.head.content_at = at;
}
