/* SPDX-License-Identifier: MIT
 *
 * Running the golden vectors: the first of all failures is the verdict.
 */
#include "vectors_run.h"

/* 1 if the rules of a complete head are why.  Of an incomplete head there is no
 * request. */
static int is_of_head(const upshake *hs, const upshake_result *result) {
  upshake_request request = upshake_get_request(hs);
  if ((request.fields.raw.ptr == NULL && request.fields.array == NULL) ||
      is_of_body(result->error))
    return 0;
  switch (result->error) {
  case UPSHAKE_OK:
  case UPSHAKE_ERR_DECLINED: /* the application is why */
  case UPSHAKE_ERR_REFUSED:
  case UPSHAKE_ERR_DECISION:
    return 0;
  case UPSHAKE_ERR_BODY_LONG: /* the sizes of chunks are not in the head */
    return request.body_len != UPSHAKE_BODY_CHUNKED;
  default:
    return 1;
  }
}

/* Asks for all failures.  They are different, the first is the verdict, and
 * asking changes nothing. */
void expect_failures(run *r, upshake *hs) {
  upshake_result before = upshake_get_result(hs), after;
  upshake_error errors[UPSHAKE_ERRORS_LEN] = {UPSHAKE_OK};
  upshake_failure failure = {UPSHAKE_OK, 0, 0, {0}};
  size_t offset = 0, len = 0;
  int is_judged = is_of_head(hs, &before);

  while (len < UPSHAKE_ERRORS_LEN) {
    failure.offset = SIZE_MAX;
    errors[len] = upshake_next_failure(hs, &failure);
    expect_error(r, "failure", errors[len], failure.error);
    if (errors[len] == UPSHAKE_OK)
      break;
    if (len == 0)
      offset = failure.offset;
    for (size_t i = 0; i < len; i++)
      expect_true(r, "failures are different", errors[i] != errors[len]);
    len++;
  }
  after = upshake_get_result(hs);
  expect_same_result(r, &before, &after, 0);
  expect_error(r, "behind the last failure", UPSHAKE_OK,
               upshake_next_failure(hs, &failure));
  /* the failures are those of an offer, not of a body that is asked for */
  if (is_of_line(before.error) || r->v->reads_body)
    return;
  expect_error(r, "first failure", is_judged ? before.error : UPSHAKE_OK,
               errors[0]);
  if (is_judged && before.next == UPSHAKE_SEND && !r->leans &&
      before.dropped == 0)
    expect_number(r, "offset of the first failure", before.offset, offset);
}
