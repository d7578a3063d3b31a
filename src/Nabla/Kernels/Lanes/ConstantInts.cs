namespace Nabla.Kernels;

/// <summary>A number as a type, so that the compiler knows it and leaves out the branches that do not apply.</summary>
internal interface INumber
{
    public static abstract int Value { get; }
}

internal readonly struct One : INumber
{
    public static int Value => 1;
}

internal readonly struct Two : INumber
{
    public static int Value => 2;
}

internal readonly struct Three : INumber
{
    public static int Value => 3;
}

internal readonly struct Four : INumber
{
    public static int Value => 4;
}

internal readonly struct Five : INumber
{
    public static int Value => 5;
}

internal readonly struct Six : INumber
{
    public static int Value => 6;
}

internal readonly struct Seven : INumber
{
    public static int Value => 7;
}

internal readonly struct Eight : INumber
{
    public static int Value => 8;
}

internal readonly struct Nine : INumber
{
    public static int Value => 9;
}

internal readonly struct Ten : INumber
{
    public static int Value => 10;
}

internal readonly struct Eleven : INumber
{
    public static int Value => 11;
}

internal readonly struct Twelve : INumber
{
    public static int Value => 12;
}

internal readonly struct Thirteen : INumber
{
    public static int Value => 13;
}

internal readonly struct Fourteen : INumber
{
    public static int Value => 14;
}

internal readonly struct Fifteen : INumber
{
    public static int Value => 15;
}

internal readonly struct Sixteen : INumber
{
    public static int Value => 16;
}

/// <summary>As a width: fewer than one full set of lanes.</summary>
internal readonly struct Marked : INumber
{
    public static int Value => 0;
}
