/* SPDX-License-Identifier: MIT
 *
 * The Origin policy: which pages may open a WebSocket here (RFC 6455 10.2).
 */
#include "request.h"
#include "../head/target.h"

/* Compares host and port with the request's.  Schemes are not compared, because
 * TLS may end at a proxy.  If a port is left out on either side, it is the
 * default port of the Origin's scheme. */
static upshake_error judge_same_host(upshake_slice origin,
                                     upshake_slice authority, int any_port) {
  int32_t otherwise, here, port;
  upshake_slice host;

  port = upshake__parse_origin(origin, &host, &otherwise);
  if (port == AUTHORITY_BROKEN)
    return UPSHAKE_ERR_ORIGIN_MALFORMED;
  here = upshake__parse_authority(authority, &authority.len);
  if (here == AUTHORITY_NO_PORT)
    here = otherwise;
  if ((here != port && !any_port) || !upshake__same_fold(host, authority))
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
  return upshake__parse_origin(origin, &host, &port) == AUTHORITY_BROKEN
             ? UPSHAKE_ERR_ORIGIN_MALFORMED
             : UPSHAKE_ERR_ORIGIN_REFUSED;
}

static upshake_error judge_policy(const upshake *hs) {
  upshake_slice origin = upshake__origin_of(hs);

  switch (hs->config->origin) {
  case UPSHAKE_ORIGIN_CALLBACK:
    return hs->config->decide ? UPSHAKE_OK : UPSHAKE_ERR_ORIGIN_REFUSED;
  case UPSHAKE_ORIGIN_LIST:
    return judge_list(hs->config, origin);
  default:
    return judge_same_host(origin, upshake__authority_of(hs),
                           hs->config->origin ==
                               UPSHAKE_ORIGIN_SAME_HOST_ANY_PORT);
  }
}

void upshake__judge_origin(upshake *hs) {
  upshake_private_facts *facts = &hs->facts;
  upshake_error error;

  if (facts->part.head.origin_at == 0) {
    if (hs->config->origin_required)
      upshake__note_bad(facts, UPSHAKE_ERR_ORIGIN_MISSING, hs->end);
    return;
  }
  if (hs->config->origin == UPSHAKE_ORIGIN_ANY)
    return;
  error = judge_policy(hs);
  if (error)
    upshake__note_bad(facts, error, facts->part.head.origin_at);
}
