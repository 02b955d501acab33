/* SPDX-License-Identifier: MIT
 *
 * The Origin policy: which pages may open a WebSocket here (RFC 6455 10.2).
 */
#include "request.h"
#include "target.h"

/* Host and port are those of the request.  Schemes are not compared, as TLS
 * may end at a proxy; a port that is left out, on either side, is the default
 * of the Origin's scheme. */
static upshake_error judge_same_host(upshake_slice origin,
                                     upshake_slice authority) {
  int32_t otherwise, here, port;
  upshake_slice host;

  port = upshake_parse_origin(origin, &host, &otherwise);
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
  return upshake_parse_origin(origin, &host, &port) == AUTHORITY_BROKEN
             ? UPSHAKE_ERR_ORIGIN_MALFORMED
             : UPSHAKE_ERR_ORIGIN_REFUSED;
}

static upshake_error judge_policy(const upshake *hs) {
  upshake_slice origin = upshake_origin_of(hs);

  switch (hs->config->origin) {
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

  if ((facts->flags & FACT_ORIGIN) == 0)
    return;
  error = judge_policy(hs);
  if (error)
    upshake_note_bad(facts, error, facts->in.head.origin_at);
}
