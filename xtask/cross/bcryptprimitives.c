/* Wine 8 has no bcryptprimitives.dll, from which Rust's standard library takes its randomness. This
   stand-in goes into the throw-away Wine of the cross check, never into anything that is shipped. */
#include <windows.h>

/* RtlGenRandom, under the name that advapi32 exports it by. */
BOOLEAN NTAPI SystemFunction036(PVOID, ULONG);

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE bytes, SIZE_T count)
{
    return SystemFunction036(bytes, (ULONG)count);
}
