/** What is used of iced-x86. A bundle of its own: hardly any run needs it. */
export { Decoder, DecoderOptions, FlowControl, Instruction } from 'iced-x86';
