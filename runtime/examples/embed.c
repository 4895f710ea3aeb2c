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

static int run(const bertc_model *model, bertc_session *session,
               const int32_t *ids, int32_t count) {
  int32_t offsets[2] = {0, count};
  if (!session || bertc_run_packed(session, ids, NULL, offsets, 1) != BERTC_OK)
    return 1;
  for (int64_t i = 0; i < bertc_info(model)->num_outputs; ++i) {
    bertc_view view;
    bertc_output(session, i, &view);
    printf("%s [%d, %d]: %g %g ...\n", bertc_output_info(model, i)->name,
           (int)view.rows, (int)view.columns, view.data[0], view.data[1]);
  }
  return 0;
}

int main(int argc, char **argv) {
  int32_t ids[512], count = 0;
  for (int i = 2; i < argc && count < 512; ++i)
    ids[count++] = atoi(argv[i]);

  int linked = argc < 2 || strcmp(argv[1], "-") == 0;
  bertc_model *model = bertc_open(linked ? NULL : argv[1]);
  bertc_session *session =
      model ? bertc_session_create(model, 512, 1, 2, NULL) : NULL;
  int failed = run(model, session, ids, count);
  if (failed)
    fprintf(stderr, "%s\n", bertc_last_error());
  bertc_session_destroy(session);
  bertc_close(model);
  return failed;
}
