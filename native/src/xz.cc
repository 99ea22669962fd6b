#include "xz.h"

#include <lzma.h>

#include <algorithm>

#include "errors.h"

std::vector<uint8_t> xz::unpack(const uint8_t* bytes, size_t size, size_t most) {
  lzma_stream stream = LZMA_STREAM_INIT;
  if (lzma_stream_decoder(&stream, kMostMemory, 0) != LZMA_OK) throw SystemError(ENOMEM, "no memory to unpack xz data");
  stream.next_in = bytes;
  stream.avail_in = size;
  std::vector<uint8_t> out;
  lzma_ret result = LZMA_OK;
  while (result == LZMA_OK && out.size() < most) {
    size_t before = out.size();
    out.resize(std::min(most, std::max<size_t>(before * 2, 1 << 16)));
    stream.next_out = out.data() + before;
    stream.avail_out = out.size() - before;
    result = lzma_code(&stream, LZMA_FINISH);
    out.resize(out.size() - stream.avail_out);
  }
  lzma_end(&stream);
  if (result != LZMA_STREAM_END) throw SystemError(EINVAL, "this cannot be unpacked as xz data");
  return out;
}
