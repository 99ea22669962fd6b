/** A shared library that cases probe without it ever running. */
int fun(void)
{
	return 0;
}
