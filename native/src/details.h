// What Linux says of a loaded object: the numbers and sizes of its programs, maps and links.
#pragma once

#include <napi.h>

#include "object_file.h"

namespace details {

/** {programs, maps, links} as in ../types.ts ObjectDetails. */
Napi::Object of(Napi::Env env, const ObjectFile& file);

}  // namespace details
