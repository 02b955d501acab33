/* SPDX-License-Identifier: MIT
 *
 * A stand-in for FreeRTOS's header of this name: what examples/freertos.c needs
 * of it.
 */
#ifndef FREERTOS_H
#define FREERTOS_H

#include <stddef.h>
#include <stdint.h>

typedef long BaseType_t;
typedef unsigned long UBaseType_t;
typedef uint32_t TickType_t;

#define pdFALSE ((BaseType_t)0)
#define pdTRUE ((BaseType_t)1)
#define pdPASS pdTRUE
#define portMAX_DELAY ((TickType_t)0xffffffff)

/* A tick of the stand-in is a millisecond of the machine.  The program takes it
 * for ten, so that its seconds pass ten times as fast. */
#define pdMS_TO_TICKS(ms) ((TickType_t)((ms) / 10))

void *pvPortMalloc(size_t size);
void vPortFree(void *memory);

#endif
