namespace Nabla;

/// <summary>Messages of exceptions for people who do not see the code.</summary>
internal static class PlainMessage
{
    /// <summary>The message without “(Parameter 'value')” and what follows it.</summary>
    public static string Of(Exception e)
    {
        if (e is not ArgumentException { ParamName: { } name })
            return e.Message;
        var end = e.Message.LastIndexOf($" (Parameter '{name}')", StringComparison.Ordinal);
        return end < 0 ? e.Message : e.Message[..end];
    }
}
