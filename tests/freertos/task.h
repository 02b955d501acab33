/* SPDX-License-Identifier: MIT
 *
 * A stand-in for FreeRTOS's header of this name: what examples/freertos.c needs
 * of it.
 */
#ifndef FREERTOS_TASK_H
#define FREERTOS_TASK_H

#include <FreeRTOS.h>

typedef void (*TaskFunction_t)(void *parameter);
typedef struct tskTaskControlBlock *TaskHandle_t;

BaseType_t xTaskCreate(TaskFunction_t task, const char *name,
                       uint32_t stack_words, void *parameter,
                       UBaseType_t priority, TaskHandle_t *handle);
void vTaskDelete(TaskHandle_t task);
TickType_t xTaskGetTickCount(void);

#endif
