/* SPDX-License-Identifier: MIT
 *
 * As much of Arduino as the sketches of the package call: Serial is the
 * standard output. */
#ifndef ARDUINO_H
#define ARDUINO_H
#include <stddef.h>
#include <stdio.h>

struct Output {
  void begin(long) {}
  size_t write(const char *text, size_t len) {
    return fwrite(text, 1, len, stdout);
  }
};
static Output Serial;

void setup();
void loop();
int main() { setup(); }
#endif
