/* SPDX-License-Identifier: MIT
 *
 * The Origin policy: which pages may open a WebSocket here (RFC 6455 10.2).
 */
#include "request.h"
#include "target.h"

/* The port that a scheme stands for, if any. */
static int32_t default_port(upshake_slice scheme) {
  if (upshake_is_secured_scheme(scheme))
    return 443;
  if (upshake_equal_fold(scheme, "http") || upshake_equal_fold(scheme, "ws"))
    return 80;
  return AUTHORITY_NO_PORT;
}

/* scheme = ALPHA *( ALPHA / DIGIT / "+" / "-" / "." ) (RFC 3986 3.1) */
static int is_scheme(upshake_slice text) {
  if (text.len == 0 || to_lower(text.ptr[0]) < 'a' ||
      to_lower(text.ptr[0]) > 'z')
    return 0;
  for (size_t i = 1; i < text.len; i++) {
    char octet = to_lower(text.ptr[i]);
    if ((octet < 'a' || octet > 'z') && !is_digit(octet) && octet != '+' &&
        octet != '-' && octet != '.')
      return 0;
  }
  return 1;
}

/* serialized-origin = scheme "://" host [ ":" port ] (RFC 6454 7.1).  Returns
 * the port, by default that of the scheme, or AUTHORITY_BROKEN. */
static int32_t parse_origin(upshake_slice origin, upshake_slice *host,
                            int32_t *otherwise) {
  size_t colon = index_of(origin, ':'), host_len;
  upshake_slice scheme = slice_of(origin.ptr, colon);
  int32_t port;

  if (!is_scheme(scheme) || origin.len - colon < 3 ||
      origin.ptr[colon + 1] != '/' || origin.ptr[colon + 2] != '/')
    return AUTHORITY_BROKEN;
  *host = slice_from(origin, colon + 3);
  port = upshake_parse_authority(*host, &host_len);
  if (port == AUTHORITY_BROKEN || host_len == 0)
    return AUTHORITY_BROKEN;
  host->len = host_len;
  *otherwise = default_port(scheme);
  return port == AUTHORITY_NO_PORT ? *otherwise : port;
}

/* Host and port are those of the request.  Schemes are not compared, as TLS
 * may end at a proxy; a port that is left out, on either side, is the default
 * of the Origin's scheme. */
static upshake_error judge_same_host(upshake_slice origin,
                                     upshake_slice authority) {
  int32_t otherwise, here, port;
  upshake_slice host;

  port = parse_origin(origin, &host, &otherwise);
  if (port == AUTHORITY_BROKEN)
    return UPSHAKE_ERR_ORIGIN_MALFORMED;
  here = upshake_parse_authority(authority, &authority.len);
  if (here == AUTHORITY_NO_PORT)
    here = otherwise;
  if (here != port || !upshake_same_fold(host, authority))
    return UPSHAKE_ERR_ORIGIN_REFUSED;
  return UPSHAKE_OK;
}

static upshake_error judge_list(const upshake_config *config,
                                upshake_slice origin) {
  upshake_slice host;
  int32_t port;

  for (size_t i = 0; i < config->origins_len; i++)
    if (upshake_equal(origin, config->origins[i]))
      return UPSHAKE_OK;
  return parse_origin(origin, &host, &port) == AUTHORITY_BROKEN
             ? UPSHAKE_ERR_ORIGIN_MALFORMED
             : UPSHAKE_ERR_ORIGIN_REFUSED;
}

static upshake_error judge_policy(const upshake *hs) {
  upshake_slice origin = upshake_origin_of(hs);

  switch (hs->config->origin) {
  case UPSHAKE_ORIGIN_ANY:
    return UPSHAKE_OK;
  case UPSHAKE_ORIGIN_CALLBACK:
    return hs->config->decide ? UPSHAKE_OK : UPSHAKE_ERR_ORIGIN_REFUSED;
  case UPSHAKE_ORIGIN_LIST:
    return judge_list(hs->config, origin);
  default:
    return judge_same_host(origin, upshake_authority_of(hs));
  }
}

void upshake_judge_origin(upshake *hs) {
  upshake_facts *facts = &hs->facts;
  upshake_error error;

  if ((facts->flags & FACT_ORIGIN) == 0 || facts->bad[PART_ORIGIN])
    return;
  error = judge_policy(hs);
  if (error)
    upshake_note_bad(facts, PART_ORIGIN, error, facts->at[PART_ORIGIN]);
}
