/* Wine 8 has no bcryptprimitives.dll, and Rust's standard library takes its random numbers from there. Windows has it. */
#include <windows.h>

/* The older function of the same kind, which advapi32.dll calls RtlGenRandom. */
BOOLEAN NTAPI SystemFunction036(PVOID bytes, ULONG size);

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE bytes, SIZE_T size) {
    return SystemFunction036(bytes, (ULONG)size);
}
