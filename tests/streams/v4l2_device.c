/* A camera of Video4Linux2 where no kernel has one, for programs that load this: whatever they open by the name in
   FAKE_CAMERA is a file in memory with the pictures of its buffers, and the requests of V4L2 to it are answered here, as
   linux/videodev2.h describes them. A driver that misbehaves is asked for by a letter in the file FAKE_MODE. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { WIDTH = 64, HEIGHT = 48, BYTES = WIDTH * HEIGHT * 2, SLOT = 8192, BUFFERS = 8, RATE = 30 };

static int device = -1, blocking, given, queued[BUFFERS], waiting, count;
static double next;

static double now(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return at.tv_sec + at.tv_nsec / 1e9;
}

static char mode(void) {
  char found = 'g';
  int file = syscall(SYS_openat, AT_FDCWD, getenv("FAKE_MODE"), O_RDONLY);
  if (file >= 0) {
    if (read(file, &found, 1) != 1) found = 'g';
    close(file);
  }
  return found;
}

static int opened(const char *path, int flags, int how) {
  const char *camera = getenv("FAKE_CAMERA");
  if (!camera || strcmp(path, camera)) return syscall(SYS_openat, AT_FDCWD, path, flags, how);
  if (mode() == 'b') { errno = EBUSY; return -1; }
  if (mode() == 'a') { errno = EACCES; return -1; }
  blocking = !(flags & O_NONBLOCK);
  waiting = count = 0;
  device = memfd_create("camera", 0);
  if (ftruncate(device, SLOT * BUFFERS)) return -1;
  return device;
}

#define OPEN(name) \
  int name(const char *path, int flags, ...) { \
    va_list rest; va_start(rest, flags); int how = va_arg(rest, int); va_end(rest); \
    return opened(path, flags, how); \
  }
OPEN(open)
OPEN(open64)

static void format(struct v4l2_format *f) {
  memset(&f->fmt.pix, 0, sizeof f->fmt.pix);
  f->fmt.pix.width = WIDTH; f->fmt.pix.height = HEIGHT; f->fmt.pix.pixelformat = V4L2_PIX_FMT_YUYV;
  f->fmt.pix.field = V4L2_FIELD_NONE; f->fmt.pix.bytesperline = WIDTH * 2; f->fmt.pix.sizeimage = BYTES;
}

static int taken(struct v4l2_buffer *b) {
  for (;;) {
    if (mode() == 'd') return errno = ENODEV, -1;
    double left = next - now();
    if (waiting && mode() != 's' && left <= 0) break;
    if (!blocking) return errno = EAGAIN, -1;
    poll(0, 0, 5);
  }
  unsigned char picture[BYTES]; /* Grey that grows brighter from picture to picture. */
  for (int i = 0; i < BYTES; i += 2) { picture[i] = 40 + given % 160; picture[i + 1] = 128; }
  int at = queued[0];
  memmove(queued, queued + 1, sizeof queued - sizeof *queued);
  waiting--;
  if (pwrite(device, picture, BYTES, (off_t)at * SLOT) != BYTES) return -1;
  memset(b, 0, sizeof *b);
  b->index = at; b->type = V4L2_BUF_TYPE_VIDEO_CAPTURE; b->memory = V4L2_MEMORY_MMAP;
  b->bytesused = BYTES; b->length = SLOT; b->m.offset = at * SLOT; b->sequence = given++;
  struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t);
  b->timestamp.tv_sec = t.tv_sec; b->timestamp.tv_usec = t.tv_nsec / 1000;
  next = now() + 1.0 / RATE;
  return 0;
}

int ioctl(int file, unsigned long request, ...) {
  va_list rest; va_start(rest, request); void *p = va_arg(rest, void *); va_end(rest);
  if (file != device || device < 0) return syscall(SYS_ioctl, file, request, p);
  switch ((unsigned int)request) {
  case VIDIOC_QUERYCAP: {
    struct v4l2_capability *c = p;
    memset(c, 0, sizeof *c);
    strcpy((char *)c->driver, "fake"); strcpy((char *)c->card, "fake camera");
    c->capabilities = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING;
    return 0; }
  case VIDIOC_G_INPUT: *(int *)p = 0; return 0;
  case VIDIOC_ENUMINPUT: {
    struct v4l2_input *i = p;
    if (i->index) return errno = EINVAL, -1;
    memset(i, 0, sizeof *i); i->type = V4L2_INPUT_TYPE_CAMERA; return 0; }
  case VIDIOC_ENUM_FMT: {
    struct v4l2_fmtdesc *d = p;
    if (d->index) return errno = EINVAL, -1;
    d->pixelformat = V4L2_PIX_FMT_YUYV; return 0; }
  case VIDIOC_G_FMT: case VIDIOC_S_FMT: case VIDIOC_TRY_FMT: format(p); return 0;
  case VIDIOC_G_PARM: case VIDIOC_S_PARM: {
    struct v4l2_streamparm *s = p;
    memset(&s->parm, 0, sizeof s->parm);
    s->parm.capture.capability = V4L2_CAP_TIMEPERFRAME;
    s->parm.capture.timeperframe.numerator = 1; s->parm.capture.timeperframe.denominator = RATE;
    return 0; }
  case VIDIOC_REQBUFS: {
    struct v4l2_requestbuffers *r = p;
    if (r->count > BUFFERS) r->count = BUFFERS;
    count = r->count; return 0; }
  case VIDIOC_QUERYBUF: {
    struct v4l2_buffer *b = p;
    if ((int)b->index >= count) return errno = EINVAL, -1;
    b->length = SLOT; b->m.offset = b->index * SLOT; return 0; }
  case VIDIOC_QBUF: queued[waiting++ % BUFFERS] = ((struct v4l2_buffer *)p)->index; return 0;
  case VIDIOC_DQBUF: return taken(p);
  case VIDIOC_STREAMON: case VIDIOC_STREAMOFF: return 0;
  }
  return errno = ENOTTY, -1;
}
