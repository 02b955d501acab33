/* SPDX-License-Identifier: MIT
 *
 * Checks added fields, so that nothing from the application can break the
 * message.
 */
#include "added.h"

#include "../judge/known.h"

/* The names are those of known.h. */
COLD int upshake_is_own_field(upshake_slice name) {
#define ADD_FREE(text)
#define ADD_PREFIX(text)
#define ADD_OWN(text) ADD(text)
#define ADD_KNOWN(field, text, owner, judge) ADD_##owner(text)
#define ADD(text) sizeof text - 1,
  static const uint8_t lens[] = {KNOWN(ADD_KNOWN) KNOWN_BY_NAME(ADD_OWN)};
#undef ADD
#define ADD(text) text
  static const char names[] = KNOWN(ADD_KNOWN) KNOWN_BY_NAME(ADD_OWN);
#undef ADD
  const char *other = names; /* in one string */

  for (size_t i = 0; i < sizeof lens; other += lens[i++])
    if (name.len == lens[i] &&
        upshake__same_fold(name, slice_of(other, lens[i])))
      return 1;
  return has_own_prefix(name);
}

static upshake_error check_field(const upshake_field *field) {
  if (!upshake_is_token(field->name))
    return UPSHAKE_ERR_EXTRA_NAME;
  if (upshake_is_own_field(field->name))
    return UPSHAKE_ERR_EXTRA_RESERVED;
  return upshake__is_value(field->value) ? UPSHAKE_OK : UPSHAKE_ERR_EXTRA_VALUE;
}

COLD upshake_error upshake__check_added(added fields, size_t *place) {
  upshake_error error = UPSHAKE_OK;
  size_t i = 0;
  while (i < fields.len && (error = check_field(&fields.fields[i])) == 0)
    i++;
  *place = i;
  return error;
}

size_t upshake__find_added(added fields, const char *name, size_t skip) {
  size_t i = 0;
  for (; i < fields.len; i++)
    if (upshake_equal_fold(fields.fields[i].name, name) && skip-- == 0)
      break;
  return i;
}
