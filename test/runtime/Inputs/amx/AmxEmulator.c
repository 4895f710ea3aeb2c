//===- AmxEmulator.c - AMX instructions on CPUs that lack them ------------===//
//
// Preloaded into a program, it carries out the AMX instructions that the CPU
// refuses: each raises SIGILL, whose handler decodes it, does what Intel's
// Software Developer's Manual, volume 2, says of it, and goes on behind it. So
// the very code of an artifact is tested on any CPU. The runtime must not ask
// the system for tiles: see without_amx.py. A CPU that has AMX runs them
// itself: some would not raise SIGILL there.
//
// Tiles of bf16 multiply as TDPBF16PS does: even and odd elements are summed
// apart, each product added by one multiply-add; denormals are zero.
//
//===----------------------------------------------------------------------===//

#define _GNU_SOURCE
#include <math.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

enum { numTiles = 8, maxRows = 16, rowBytes = 64 };

typedef struct Tile {
  int rows, bytes; // of a row
  uint8_t data[maxRows][rowBytes];
} Tile;

static _Thread_local Tile tiles[numTiles];
static long long executed; // instructions, of all threads

/// A VEX instruction of the map 0F38.
typedef struct Instruction {
  int prefix; // 0: none, 1: 66, 2: F3, 3: F2
  int opcode, mod, reg, rm, vvvv;
  uint8_t *address; // of the operand in memory, without the index
  int64_t index;    // the index register's value, scaled: a stride
  int length;
} Instruction;

static int64_t registerOf(const ucontext_t *context, int number) {
  static const int order[16] = {
      REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
      REG_R8,  REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15};
  return context->uc_mcontext.gregs[order[number]];
}

static void decodeMemory(const ucontext_t *context, const uint8_t *at, int x,
                         int b, Instruction *to) {
  int base = to->rm | b << 3, displacement = to->mod == 1 ? 1 : 0;
  if (to->mod == 2)
    displacement = 4;
  int hasBase = 1;
  if (to->rm == 4) {
    uint8_t sib = *at++;
    ++to->length;
    const int index = (sib >> 3 & 7) | x << 3;
    base = (sib & 7) | b << 3;
    if (index != 4)
      to->index = registerOf(context, index) << (sib >> 6);
    if ((sib & 7) == 5 && to->mod == 0) {
      hasBase = 0;
      displacement = 4;
    }
  } else if (to->rm == 5 && to->mod == 0) {
    abort(); // relative to RIP: no compiler of ours makes it
  }
  int64_t address = hasBase ? registerOf(context, base) : 0;
  if (displacement == 1) {
    address += *(const int8_t *)at;
  } else if (displacement == 4) {
    int32_t value;
    memcpy(&value, at, 4);
    address += value;
  }
  to->length += displacement;
  to->address = (uint8_t *)address;
}

/// Whether there is such an instruction at `code`.
static int decode(const ucontext_t *context, const uint8_t *code,
                  Instruction *to) {
  memset(to, 0, sizeof(*to));
  if (code[0] != 0xc4 || (code[1] & 0x1f) != 2)
    return 0;
  to->prefix = code[2] & 3;
  to->vvvv = ~(code[2] >> 3) & 15;
  to->opcode = code[3];
  to->mod = code[4] >> 6;
  to->reg = code[4] >> 3 & 7;
  to->rm = code[4] & 7;
  to->length = 5;
  if (to->mod != 3)
    decodeMemory(context, code + 5, !(code[1] & 0x40), !(code[1] & 0x20), to);
  return 1;
}

static void configure(const uint8_t *config) {
  for (int i = 0; i < numTiles; ++i) {
    uint16_t bytes;
    memcpy(&bytes, config + 16 + 2 * i, 2);
    if (config[48 + i] > maxRows || bytes > rowBytes)
      abort();
    tiles[i].rows = config[48 + i];
    tiles[i].bytes = bytes;
    memset(tiles[i].data, 0, sizeof(tiles[i].data));
  }
}

static float toFloat(uint16_t bf16) {
  uint32_t bits = (uint32_t)bf16 << 16;
  float value;
  memcpy(&value, &bits, 4);
  return fpclassify(value) == FP_SUBNORMAL ? 0.0f : value;
}

static void multiplyBf16(Tile *sum, const Tile *a, const Tile *b) {
  for (int m = 0; m < sum->rows; ++m) {
    const uint16_t *left = (const uint16_t *)a->data[m];
    float *row = (float *)sum->data[m];
    for (int n = 0; n < sum->bytes / 4; ++n) {
      float part[2] = {0, 0};
      for (int k = 0; k < a->bytes / 4; ++k)
        for (int v = 0; v < 2; ++v)
          part[v] =
              fmaf(toFloat(left[2 * k + v]),
                   toFloat(((const uint16_t *)b->data[k])[2 * n + v]), part[v]);
      row[n] += part[0] + part[1];
    }
  }
}

/// TDPBUSD: `a` without a sign.
static void multiplyInt8(Tile *sum, const Tile *a, const Tile *b) {
  for (int m = 0; m < sum->rows; ++m) {
    const uint8_t *left = a->data[m];
    int32_t *row = (int32_t *)sum->data[m];
    for (int n = 0; n < sum->bytes / 4; ++n) {
      uint32_t value = (uint32_t)row[n];
      for (int k = 0; k < a->bytes / 4; ++k)
        for (int v = 0; v < 4; ++v)
          value += (uint32_t)(left[4 * k + v] *
                              (int)((const int8_t *)b->data[k])[4 * n + v]);
      row[n] = (int32_t)value;
    }
  }
}

static int execute(const Instruction *i) {
  const int key = i->opcode << 8 | i->prefix << 4;
  Tile *tile = &tiles[i->reg];
  switch (key) {
  case 0x4900: // LDTILECFG, TILERELEASE
    if (i->mod == 3)
      memset(tiles, 0, sizeof(tiles));
    else
      configure(i->address);
    return 1;
  case 0x4930: // TILEZERO
    memset(tile->data, 0, sizeof(tile->data));
    return 1;
  case 0x4b10: // TILELOADDT1
  case 0x4b30: // TILELOADD
    for (int r = 0; r < tile->rows; ++r)
      memcpy(tile->data[r], i->address + r * i->index, tile->bytes);
    return 1;
  case 0x4b20: // TILESTORED
    for (int r = 0; r < tile->rows; ++r)
      memcpy(i->address + r * i->index, tile->data[r], tile->bytes);
    return 1;
  case 0x5c20: // TDPBF16PS
    multiplyBf16(tile, &tiles[i->rm], &tiles[i->vvvv]);
    return 1;
  case 0x5e10: // TDPBUSD
    multiplyInt8(tile, &tiles[i->rm], &tiles[i->vvvv]);
    return 1;
  default:
    return 0;
  }
}

static void onIllegal(int signal, siginfo_t *info, void *data) {
  (void)signal;
  (void)info;
  ucontext_t *context = data;
  greg_t *rip = &context->uc_mcontext.gregs[REG_RIP];
  Instruction instruction;
  if (!decode(context, (const uint8_t *)*rip, &instruction) ||
      !execute(&instruction)) {
    static const char text[] = "AmxEmulator: no instruction of AMX\n";
    (void)!write(STDERR_FILENO, text, sizeof(text) - 1);
    _exit(70);
  }
  __atomic_fetch_add(&executed, 1, __ATOMIC_RELAXED);
  *rip += instruction.length;
}

/// Whether the CPU has AMX, and the system lets this process use it.
static int runsTiles(void) {
  enum { archReqXcompPerm = 0x1023, xTileData = 18 };
  return syscall(SYS_arch_prctl, archReqXcompPerm, xTileData) == 0;
}

__attribute__((constructor)) static void install(void) {
  if (runsTiles()) {
    executed = 1;
    return;
  }
  struct sigaction action;
  memset(&action, 0, sizeof(action));
  action.sa_sigaction = onIllegal;
  action.sa_flags = SA_SIGINFO | SA_NODEFER;
  sigaction(SIGILL, &action, NULL);
}

/// A program that needed no emulation tested nothing.
__attribute__((destructor)) static void report(void) {
  if (executed == 0)
    return;
  static const char text[] = "AmxEmulator: ran instructions of AMX\n";
  (void)!write(STDERR_FILENO, text, sizeof(text) - 1);
}
