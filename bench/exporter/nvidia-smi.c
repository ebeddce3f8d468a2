/*
 * Stands in for the nvidia-smi executable in benchmarks: speaks as much of its command line as exporters use, and knows what it tells
 * from the library beside it, as the real one does. The names that it knows are in the file `fields` beside it; for those that the
 * stand-in library has nothing for it prints [N/A], after it has asked the library something all the same.
 */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *library;
static char folder[4096];

static int call(const char *name, void *device, void *a, void *b) {
  int (*function)(void *, void *, void *) = (int (*)(void *, void *, void *))dlsym(library, name);
  return function == NULL ? 13 : function(device, a, b);
}

static void load(void) {
  char path[4200];
  snprintf(path, sizeof path, "%s/libnvidia-ml.so.1", folder);
  library = dlopen(path, RTLD_NOW);
  if (library == NULL || call("nvmlInit_v2", NULL, NULL, NULL) != 0) exit(9);
}

static uint32_t count(void) {
  uint32_t counted = 0;
  return call("nvmlDeviceGetCount_v2", &counted, NULL, NULL) == 0 ? counted : 0;
}

static void *handle(uint32_t index) {
  void *device = NULL;
  call("nvmlDeviceGetHandleByIndex_v2", (void *)(uintptr_t)index, &device, NULL);
  return device;
}

static void print_text(const char *name, void *device) {
  char text[128] = "[N/A]";
  call(name, device, text, (void *)sizeof text);
  printf("%s", text);
}

static void print_number(const char *name, void *device, void *sensor, int at, double scale) {
  uint64_t words[16] = {0x02000028};
  void *out = words;
  int code = sensor ? call(name, device, (void *)((uintptr_t)sensor - 1), out) : call(name, device, out, words + 8);
  if (code != 0) printf("[N/A]");
  else printf("%.0f", (at < 0 ? (double)words[-at] : (double)((uint32_t *)words)[at]) / scale);
}

static void print_field(const char *field, void *device, uint32_t index, uint32_t all) {
  char *const sensor = (char *)1;
  if (strcmp(field, "index") == 0) printf("%u", index);
  else if (strcmp(field, "count") == 0) printf("%u", all);
  else if (strcmp(field, "uuid") == 0) print_text("nvmlDeviceGetUUID", device);
  else if (strcmp(field, "name") == 0) print_text("nvmlDeviceGetName", device);
  else if (strcmp(field, "utilization.gpu") == 0) print_number("nvmlDeviceGetUtilizationRates", device, NULL, 0, 1);
  else if (strcmp(field, "utilization.memory") == 0) print_number("nvmlDeviceGetUtilizationRates", device, NULL, 1, 1);
  else if (strcmp(field, "memory.total") == 0) print_number("nvmlDeviceGetMemoryInfo_v2", device, NULL, -1, 1048576);
  else if (strcmp(field, "memory.used") == 0) print_number("nvmlDeviceGetMemoryInfo_v2", device, NULL, -4, 1048576);
  else if (strcmp(field, "temperature.gpu") == 0) print_number("nvmlDeviceGetTemperature", device, sensor, 0, 1);
  else if (strcmp(field, "power.draw") == 0) print_number("nvmlDeviceGetPowerUsage", device, NULL, 0, 1000);
  else if (strcmp(field, "enforced.power.limit") == 0) print_number("nvmlDeviceGetEnforcedPowerLimit", device, NULL, 0, 1000);
  else if (strcmp(field, "clocks.current.sm") == 0) print_number("nvmlDeviceGetClockInfo", device, sensor + 1, 0, 1);
  else if (strcmp(field, "clocks.current.memory") == 0) print_number("nvmlDeviceGetClockInfo", device, sensor + 2, 0, 1);
  else print_number("nvmlDeviceGetCurrPcieLinkWidth", device, NULL, 0, 1);
}

static void query(const char *fields) {
  uint32_t all = count();
  for (uint32_t index = 0; index < all; index++) {
    char copy[16384], *rest = copy;
    void *device = handle(index);
    snprintf(copy, sizeof copy, "%s", fields);
    for (char *field = strtok_r(copy, ",", &rest), *first = field; field != NULL; field = strtok_r(NULL, ",", &rest)) {
      if (field != first) printf(", ");
      print_field(field, device, index, all);
    }
    printf("\n");
  }
  fflush(stdout);
}

static void print_header(const char *fields) {
  for (const char *at = fields; *at; at++) *at == ',' ? printf(", ") : putchar(*at);
  printf("\n");
}

static void help(void) {
  char path[4200], line[512];
  snprintf(path, sizeof path, "%s/fields", folder);
  FILE *file = fopen(path, "r");
  while (file != NULL && fgets(line, sizeof line, file)) fputs(line, stdout);
}

static void report(void) {
  printf("<?xml version=\"1.0\" ?>\n<nvidia_smi_log>\n");
  for (uint32_t index = 0, all = count(); index < all; index++) {
    printf("<gpu id=\"%u\"><uuid>", index);
    print_text("nvmlDeviceGetUUID", handle(index));
    printf("</uuid><minor_number>");
    print_number("nvmlDeviceGetMinorNumber", handle(index), NULL, 0, 1);
    printf("</minor_number><mig_devices></mig_devices><processes></processes></gpu>\n");
  }
  printf("</nvidia_smi_log>\n");
}

int main(int argc, char **argv) {
  const char *fields = NULL;
  int loop_ms = 0, has_header = 1, is_report = 0;
  if (readlink("/proc/self/exe", folder, sizeof folder - 1) < 0) return 1;
  *strrchr(folder, '/') = '\0';
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "--help-query-gpu") == 0) { help(); return 0; }
    if (strncmp(argv[i], "--query-gpu=", 12) == 0) fields = argv[i] + 12;
    if (strncmp(argv[i], "--loop-ms=", 10) == 0) loop_ms = atoi(argv[i] + 10);
    if (strstr(argv[i], "noheader")) has_header = 0;
    if (strcmp(argv[i], "-x") == 0) is_report = 1;
  }
  load();
  if (is_report) report();
  if (fields == NULL) return is_report ? 0 : 2;
  if (has_header) print_header(fields);
  do query(fields); while (loop_ms > 0 && usleep((useconds_t)loop_ms * 1000) == 0);
  return 0;
}
