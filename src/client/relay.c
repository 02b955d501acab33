/* SPDX-License-Identifier: MIT
 *
 * What a gateway says of the answer that it passes on.
 */
#include "client.h"

#include "../judge/judge.h"
#include "../reply/reply.h"

#ifndef UPSHAKE_NO_CLIENT

upshake_error upshake_forward_answer(const upshake_client *client,
                                     upshake_extra *extra) {
  upshake_client_result result = upshake_client_get_result(client);
  int has_length = result.length != UPSHAKE_BODY_CHUNKED;

  extra->reason = result.reason;
  extra->relayed = 1;
  if (result.next != UPSHAKE_CLIENT_OTHER || result.status == NO_CONTENT ||
      result.status == RESET_CONTENT ||
      (result.status == NOT_MODIFIED && !has_length))
    return UPSHAKE_OK;
  if (result.body_len > 0 && (client->facts.flags & FACT_CODING_UNKNOWN))
    return UPSHAKE_ERR_CODING_UNKNOWN;
  extra->content =
      has_length ? UPSHAKE_CONTENT_LENGTH : UPSHAKE_CONTENT_CHUNKED;
  extra->body_len = has_length ? result.length : 0;
  return UPSHAKE_OK;
}
#endif
