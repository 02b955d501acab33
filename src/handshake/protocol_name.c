/* SPDX-License-Identifier: MIT
 *
 * The name of the protocol to switch to.
 */
#include "../judge/protocol.h"
#include "handshake.h"

upshake_slice upshake_protocol_name(const upshake *hs) {
  const upshake_protocol *protocol = upshake__chosen_protocol(hs);
  const upshake_private_rules *rules;
  if (!protocol)
    return slice_none();
  rules = rules_of(protocol);
  return rules->find ? rules->find(hs, slice_none())
                     : slice_text(protocol->name);
}
