# Writes OUTPUT, the text of INPUT as C++ string literals. Compilers take long literals, but the
# standard asks for 65,536 characters at most, so each line is one of its own.
file(READ ${INPUT} text)
string(REPLACE "\\" "\\\\" text "${text}")
string(REPLACE "\"" "\\\"" text "${text}")
string(REPLACE "\n" "\\n\"\n\"" text "${text}")
file(WRITE ${OUTPUT} "\"${text}\"\n")
