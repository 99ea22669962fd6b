// The constructors of one environment's classes.
#pragma once

#include <napi.h>

struct Classes {
  Napi::FunctionReference btf;
  Napi::FunctionReference object;
};
