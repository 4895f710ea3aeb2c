/* embed.c: prints the first numbers of each output for one sequence of ids.
 *
 *   bertc compile MODEL --emit static -o libmodel.a    (bertc.h comes with it)
 *   cc embed.c libmodel.a -o embed && ./embed - 101 7592 2088 102
 *
 *   bertc compile MODEL -o model.so
 *   cc embed.c ./model.so -o embed && ./embed - 101 7592 2088 102
 *   ./embed other.so 101 7592 2088 102
 */
#include "bertc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int fail(void) {
  fprintf(stderr, "%s\n", bertc_last_error());
  return 1;
}

int main(int argc, char **argv) {
  int32_t ids[512], offsets[2] = {0, 0};
  for (int i = 2; i < argc && i < 514; ++i)
    ids[offsets[1]++] = atoi(argv[i]);

  int linked = argc < 2 || strcmp(argv[1], "-") == 0;
  bertc_model *model = bertc_open(linked ? NULL : argv[1]);
  if (!model)
    return fail();
  bertc_session *session = bertc_session_create(model, 512, 1, 2, NULL);
  if (!session || bertc_run_packed(session, ids, NULL, offsets, 1) != BERTC_OK)
    return fail();

  for (int64_t i = 0; i < bertc_info(model)->num_outputs; ++i) {
    bertc_view view;
    bertc_output(session, i, &view);
    printf("%s [%d, %d]: %g %g ...\n", bertc_output_info(model, i)->name,
           (int)view.rows, (int)view.columns, view.data[0], view.data[1]);
  }
  bertc_session_destroy(session);
  bertc_close(model);
  return 0;
}
