/* reopen.c: opens and closes a library many times, and says whether memory that
 * was allocated stays so.
 */
#include "bertc.h"

#include <malloc.h>
#include <stdio.h>

static int reopen(const char *path, int times) {
  for (int i = 0; i < times; ++i) {
    bertc_model *model = bertc_open(path);
    if (!model)
      return fprintf(stderr, "%s\n", bertc_last_error()), 1;
    bertc_close(model);
  }
  return 0;
}

int main(int argc, char **argv) {
  (void)argc;
  if (reopen(argv[1], 3))
    return 1;
  size_t before = mallinfo2().uordblks;
  if (reopen(argv[1], 50))
    return 1;
  size_t after = mallinfo2().uordblks;
  if (after > before + 4096)
    return printf("%zu bytes are lost\n", after - before), 1;
  puts("nothing is lost");
  return 0;
}
