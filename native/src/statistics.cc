#include "statistics.h"

#include <unistd.h>

#include "descriptors.h"

namespace {

/** -1 = they are off. */
int descriptor = -1;

}  // namespace

void statistics::keep(bool on) {
  if (on == (descriptor >= 0)) return;
  if (on) {
    descriptor = descriptors::statistics();
  } else {
    close(descriptor);
    descriptor = -1;
  }
}
