/*
 * Stands in for libnvidia-ml.so.1: speaks its interface, for a driver that the text file PATH.driver beside the library
 * describes (mock-nvml.ts writes it). The file is read again at nvmlInit and whenever devices are counted, so that a test can
 * change the driver under a running reader. A key that a device does not have is "not supported"; `!15` for a value is that
 * return code instead.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { OK = 0, UNINITIALIZED = 1, NOT_SUPPORTED = 3, NO_PERMISSION = 4, NOT_FOUND = 6, TOO_SMALL = 7, TIMEOUT = 10 };
enum { MOST_UNITS = 256, MOST_KEYS = 64, MOST_PROCESSES = 12000 };

struct pair { char key[32]; char text[96]; };
struct process { uint32_t pid; uint64_t bytes; uint32_t sm; };
/* A GPU, or a slice of the GPU before it. */
struct unit {
  struct unit *gpu;
  int keys;
  struct pair pairs[MOST_KEYS];
  int processes;
  int first_process;
};
struct sample { double metrics[64]; };

static struct unit units[MOST_UNITS];
static struct process processes[MOST_PROCESSES];
static struct unit global;
static int unit_count, process_count, pending_xids, loaded;
static struct { struct unit *gpu; uint64_t xid; } xids[64];
static char last_serial[96];

static const char *text_of(const struct unit *unit, const char *key) {
  for (int i = 0; i < unit->keys; i++)
    if (strcmp(unit->pairs[i].key, key) == 0) return unit->pairs[i].text;
  return NULL;
}

static int number_of(const struct unit *unit, const char *key, double *value) {
  const char *text = text_of(unit, key);
  if (text == NULL) return NOT_SUPPORTED;
  if (text[0] == '!') return atoi(text + 1);
  *value = atof(text);
  return OK;
}

static int write32(const struct unit *unit, const char *key, uint32_t *out) {
  double value;
  int code = number_of(unit, key, &value);
  if (code == OK) *out = (uint32_t)value;
  return code;
}

static int write64(const struct unit *unit, const char *key, uint64_t *out) {
  double value;
  int code = number_of(unit, key, &value);
  if (code == OK) *out = (uint64_t)value;
  return code;
}

static void take(struct unit **current, const char *key, const char *text) {
  if (strcmp(key, "gpu") == 0 || strcmp(key, "slice") == 0) {
    struct unit *gpu = key[0] == 'g' ? NULL : (*current)->gpu ? (*current)->gpu : *current;
    *current = &units[unit_count++];
    memset(*current, 0, sizeof **current);
    (*current)->gpu = gpu;
    (*current)->first_process = process_count;
    key = "uuid";
  }
  if (strcmp(key, "process") == 0) {
    struct process *process = &processes[process_count++];
    unsigned long long bytes = 0;
    sscanf(text, "%u %llu %u", &process->pid, &bytes, &process->sm);
    process->bytes = bytes == 0 ? UINT64_MAX : bytes;
    (*current)->processes++;
    return;
  }
  struct pair *pair = &(*current)->pairs[(*current)->keys++];
  snprintf(pair->key, sizeof pair->key, "%s", key);
  snprintf(pair->text, sizeof pair->text, "%s", text);
}

static void queue_xids(void) {
  const char *serial = text_of(&global, "serial");
  if (serial == NULL || strcmp(serial, last_serial) == 0) return;
  snprintf(last_serial, sizeof last_serial, "%s", serial);
  for (int i = 0; i < unit_count; i++) {
    const char *xid = text_of(&units[i], "xid");
    if (xid == NULL) continue;
    xids[pending_xids].gpu = &units[i];
    xids[pending_xids++].xid = (uint64_t)atoll(xid);
  }
}

static void read_driver(void) {
  static struct stat last;
  struct stat now;
  Dl_info self;
  char path[4096], line[256], key[32], text[96];
  dladdr((void *)read_driver, &self);
  snprintf(path, sizeof path, "%s.driver", self.dli_fname);
  FILE *file = fopen(path, "r");
  if (file == NULL) abort();
  /* A file that is still the same costs nothing, so that benchmarks measure the reader. */
  fstat(fileno(file), &now);
  if (now.st_ino == last.st_ino && now.st_mtim.tv_sec == last.st_mtim.tv_sec && now.st_mtim.tv_nsec == last.st_mtim.tv_nsec) {
    fclose(file);
    return;
  }
  last = now;
  memset(&global, 0, sizeof global);
  unit_count = process_count = 0;
  struct unit *current = &global;
  while (fgets(line, sizeof line, file))
    if (sscanf(line, "%31s %95[^\n]", key, text) == 2) take(&current, key, text);
  fclose(file);
  queue_xids();
}

static int behave(void) {
  double code = OK;
  if (text_of(&global, "crash")) abort();
  if (text_of(&global, "hang")) for (;;) pause();
  const char *noise = text_of(&global, "print");
  if (noise) { printf("%s\n", noise); fflush(stdout); }
  number_of(&global, "fail", &code);
  return (int)code;
}

static struct unit *nth(const struct unit *of, unsigned index) {
  for (int i = 0; i < unit_count; i++)
    if (units[i].gpu == of && index-- == 0) return &units[i];
  return NULL;
}

int nvmlInit_v2(void) {
  double code = OK;
  read_driver();
  number_of(&global, "init", &code);
  loaded = code == OK;
  return (int)code;
}

int nvmlSystemGetDriverVersion(char *out, unsigned length) {
  snprintf(out, length, "%s", text_of(&global, "version"));
  return OK;
}

int nvmlDeviceGetCount_v2(uint32_t *count) {
  if (!loaded) return UNINITIALIZED;
  read_driver();
  int code = behave();
  for (*count = 0; nth(NULL, *count); ++*count) {}
  return code;
}

int nvmlDeviceGetHandleByIndex_v2(unsigned index, struct unit **out) {
  double code = OK;
  *out = nth(NULL, index);
  if (*out == NULL) return NOT_FOUND;
  number_of(*out, "handle", &code);
  return (int)code;
}

static int copy_text(const struct unit *unit, const char *key, char *out, unsigned length) {
  const char *text = text_of(unit, key);
  if (text == NULL) return NOT_SUPPORTED;
  snprintf(out, length, "%s", text);
  return OK;
}

int nvmlDeviceGetUUID(struct unit *u, char *out, unsigned length) { return copy_text(u, "uuid", out, length); }
int nvmlDeviceGetName(struct unit *u, char *out, unsigned length) { return copy_text(u, "name", out, length); }
int nvmlDeviceGetMinorNumber(struct unit *u, uint32_t *out) { return write32(u, "minor", out); }
int nvmlDeviceGetPciInfo_v3(struct unit *u, char *out) { return copy_text(u, "bus", out + 36, 32); }
int nvmlDeviceGetPowerUsage(struct unit *u, uint32_t *out) { return write32(u, "power", out); }
int nvmlDeviceGetEnforcedPowerLimit(struct unit *u, uint32_t *out) { return write32(u, "powerLimit", out); }
int nvmlDeviceGetTemperature(struct unit *u, int sensor, uint32_t *out) { return sensor ? NOT_SUPPORTED : write32(u, "temperature", out); }
int nvmlDeviceGetEncoderUtilization(struct unit *u, uint32_t *out, uint32_t *us) { *us = 1000; return write32(u, "encoder", out); }
int nvmlDeviceGetDecoderUtilization(struct unit *u, uint32_t *out, uint32_t *us) { *us = 1000; return write32(u, "decoder", out); }
int nvmlDeviceGetMaxMigDeviceCount(struct unit *u, uint32_t *out) { (void)u; *out = 8; return OK; }
int nvmlDeviceGetGpuInstanceId(struct unit *u, uint32_t *out) { return write32(u, "gi", out); }
int nvmlDeviceGetComputeInstanceId(struct unit *u, uint32_t *out) { return write32(u, "ci", out); }
int nvmlDeviceGetMigMode(struct unit *u, uint32_t *now, uint32_t *later) { *later = 0; return write32(u, "mig", now); }

int nvmlDeviceGetClockInfo(struct unit *u, int type, uint32_t *out) {
  static const char *const keys[] = {"graphicsClock", "smClock", "memoryClock", "videoClock"};
  return write32(u, keys[type], out);
}

int nvmlDeviceGetCurrPcieLinkGeneration(struct unit *u, uint32_t *out) { return write32(u, "linkGeneration", out); }
int nvmlDeviceGetCurrPcieLinkWidth(struct unit *u, uint32_t *out) { return write32(u, "linkWidth", out); }

int nvmlDeviceGetUtilizationRates(struct unit *u, uint32_t *out) {
  int code = write32(u, "utilization", &out[0]);
  if (code == OK) { out[1] = 0; write32(u, "memoryUtilization", &out[1]); }
  return code;
}

#ifndef OLD_DRIVER
int nvmlDeviceGetMemoryInfo_v2(struct unit *u, uint64_t *out) {
  if ((uint32_t)out[0] != 0x02000028) return 25;
  out[2] = out[3] = 0;
  write64(u, "reserved", &out[2]);
  write64(u, "used", &out[4]);
  return write64(u, "total", &out[1]);
}

int nvmlDeviceGetCurrentClocksEventReasons(struct unit *u, uint64_t *out) { return write64(u, "clockEvents", out); }
#else
int nvmlDeviceGetCurrentClocksThrottleReasons(struct unit *u, uint64_t *out) { return write64(u, "clockEvents", out); }
#endif

int nvmlDeviceGetMemoryInfo(struct unit *u, uint64_t *out) {
  out[1] = 0;
  write64(u, "used", &out[2]);
  return write64(u, "total", &out[0]);
}

struct licensable_feature { uint32_t code, state; char info[128], product[128]; uint32_t enabled, year; uint16_t time[5]; uint8_t status; };
struct licensable_features { int32_t supported; uint32_t count; struct licensable_feature features[3]; };

/* Key "licence": 0 for none needed, 1 for missing, 2 for there; behind a feature that is not the vGPU's. */
int nvmlDeviceGetGridLicensableFeatures_v4(struct unit *u, struct licensable_features *out) {
  double licence;
  int code = number_of(u, "licence", &licence);
  if (code != OK) return code;
  memset(out, 0, sizeof *out);
  out->supported = licence > 0;
  out->count = licence > 0 ? 2 : 0;
  out->features[0].code = 4;
  out->features[0].state = 1;
  out->features[1].code = 1;
  out->features[1].state = licence > 1;
  return OK;
}

struct field_value { uint32_t id, scope; int64_t time, took; int32_t type, code; union { double d; uint64_t u; } value; };

int nvmlDeviceGetFieldValues(struct unit *u, int count, struct field_value *values) {
  for (int i = 0; i < count; i++) {
    char key[32];
    snprintf(key, sizeof key, "field%u", values[i].id);
    values[i].type = 3;
    values[i].code = write64(u, key, &values[i].value.u);
  }
  return OK;
}

struct process_info { uint32_t pid; uint64_t bytes; uint32_t gi, ci; };

int nvmlDeviceGetComputeRunningProcesses_v3(struct unit *u, uint32_t *count, struct process_info *out) {
  if (text_of(u, "noProcesses")) return NOT_SUPPORTED;
  uint32_t room = *count;
  *count = (uint32_t)u->processes;
  if (room < *count) return TOO_SMALL;
  for (int i = 0; i < u->processes; i++) {
    const struct process *process = &processes[u->first_process + i];
    out[i] = (struct process_info){process->pid, process->bytes, UINT32_MAX, UINT32_MAX};
  }
  return OK;
}

struct sample_value { uint64_t us; uint64_t value; };

/* The last three samples, 200 ms apart, that swing by ten about the key "samples": the oldest lower, the newest higher. */
int nvmlDeviceGetSamples(struct unit *u, int type, uint64_t last_seen, uint32_t *value_type, uint32_t *count, struct sample_value *out) {
  double mean;
  int code = number_of(u, "samples", &mean);
  if (code != OK || type != 1) return code == OK ? 2 : code;
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  uint64_t us = (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
  uint32_t room = *count, found = 0;
  for (int i = 2; i >= 0 && found < room; i--) {
    uint64_t at = us - (uint64_t)i * 200000;
    if (at > last_seen) out[found++] = (struct sample_value){at, (uint64_t)mean + 10 - 10 * (uint64_t)i};
  }
  *value_type = 1;
  *count = found;
  return found == 0 ? NOT_FOUND : OK;
}

struct busy { uint32_t pid; uint64_t us; uint32_t sm, memory, encoder, decoder; };

int nvmlDeviceGetProcessUtilization(struct unit *u, struct busy *out, uint32_t *count, uint64_t last_seen) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  uint64_t us = (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
  uint32_t room = *count, found = 0;
  for (int i = 0; i < u->processes; i++) {
    const struct process *process = &processes[u->first_process + i];
    if (process->sm == 0 || us <= last_seen) continue;
    if (found < room) out[found] = (struct busy){process->pid, us, process->sm, 0, 0, 0};
    found++;
  }
  *count = found;
  return found == 0 ? NOT_FOUND : found > room ? TOO_SMALL : OK;
}

int nvmlDeviceGetMigDeviceHandleByIndex(struct unit *u, unsigned index, struct unit **out) {
  /* The first of the eight places is a hole, as after a slice was taken away. */
  *out = index == 0 ? NULL : nth(u, index - 1);
  return *out == NULL ? NOT_FOUND : OK;
}

/* A GPU instance is the first of its slices; where it lies is told where keys "profileId" and "placement" are there. */
int nvmlDeviceGetGpuInstanceById(struct unit *u, unsigned gi, struct unit **out) {
  for (int i = 0; i < unit_count; i++) {
    double id = -1;
    *out = &units[i];
    if (units[i].gpu == u && number_of(&units[i], "gi", &id) == OK && (unsigned)id == gi) return OK;
  }
  return NOT_FOUND;
}

struct instance_info { struct unit *gpu; uint32_t id, profile, start, size; };

int nvmlGpuInstanceGetInfo(struct unit *instance, struct instance_info *out) {
  *out = (struct instance_info){instance->gpu, 0, 0, 0, 1};
  if (write32(instance, "profileId", &out->profile) != OK) return NO_PERMISSION;
  write32(instance, "gi", &out->id);
  return write32(instance, "placement", &out->start);
}

int nvmlGpmQueryDeviceSupport(struct unit *u, uint32_t *out) { out[1] = text_of(u, "gpm") != NULL; return OK; }
int nvmlGpmSampleAlloc(struct sample **out) { *out = calloc(1, sizeof **out); return OK; }
int nvmlGpmSampleFree(struct sample *sample) { free(sample); return OK; }

int nvmlGpmSampleGet(struct unit *u, struct sample *sample) {
  for (int id = 0; id < 64; id++) {
    char key[32];
    snprintf(key, sizeof key, "gpm%d", id);
    sample->metrics[id] = -1;
    number_of(u, key, &sample->metrics[id]);
  }
  return OK;
}

int nvmlGpmMigSampleGet(struct unit *u, unsigned gi, struct sample *sample) {
  for (int i = 0; i < unit_count; i++) {
    double id = -1;
    if (units[i].gpu == u && number_of(&units[i], "gi", &id) == OK && (unsigned)id == gi) return nvmlGpmSampleGet(&units[i], sample);
  }
  return NOT_FOUND;
}

struct gpm_metric { uint32_t id; int32_t code; double value; void *names[3]; };
struct gpm_request { uint32_t version, count; struct sample *before, *now; struct gpm_metric metrics[333]; };

int nvmlGpmMetricsGet(struct gpm_request *request) {
  if (request->version != 1 || request->before == request->now) return 2;
  for (uint32_t i = 0; i < request->count; i++) {
    double value = request->now->metrics[request->metrics[i].id];
    request->metrics[i].code = value < 0 ? NOT_SUPPORTED : OK;
    request->metrics[i].value = value;
  }
  return OK;
}

struct event { struct unit *gpu; uint64_t type, data; uint32_t gi, ci; };

int nvmlEventSetCreate(void **out) { *out = &xids; return OK; }
int nvmlDeviceRegisterEvents(struct unit *u, uint64_t types, void *set) {
  if (text_of(u, "noEvents")) return NOT_SUPPORTED;
  return types == 8 && set == &xids ? OK : 2;
}

int nvmlEventSetWait_v2(void *set, struct event *out, unsigned patience) {
  if (set != &xids || patience != 0) return 2;
  if (pending_xids == 0) return TIMEOUT;
  pending_xids--;
  *out = (struct event){xids[pending_xids].gpu, 8, xids[pending_xids].xid, UINT32_MAX, UINT32_MAX};
  return OK;
}
