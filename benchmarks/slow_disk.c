/* A disk whose every flush takes a millisecond longer, as ordinary cloud disks do. Preloaded into PostgreSQL. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>

typedef int (*flush)(int);

static int later(const char *name, int file) {
    struct timespec millisecond = {0, 1000000};
    nanosleep(&millisecond, 0);
    return ((flush)dlsym(RTLD_NEXT, name))(file);
}

int fsync(int file) { return later("fsync", file); }
int fdatasync(int file) { return later("fdatasync", file); }
