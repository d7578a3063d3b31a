using System.Buffers.Binary;
using System.Reflection;
using System.Reflection.Emit;

namespace Nabla.Tests.Structure;

/// <summary>What compiled code refers to: in its declarations, and in every instruction of its methods.</summary>
internal static class References
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static |
        BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> opCodes =
        typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => (OpCode)field.GetValue(null)!)
            .ToDictionary(code => code.Value);

    /// <summary>All members and types that a type, and the types within it, refer to.</summary>
    public static HashSet<MemberInfo> Of(Type type)
    {
        var found = new HashSet<MemberInfo>();
        AddType(type.BaseType, found);
        foreach (var part in type.GetInterfaces())
            AddType(part, found);
        foreach (var field in type.GetFields(Declared))
            AddType(field.FieldType, found);
        foreach (var method in type.GetMethods(Declared).Cast<MethodBase>().Concat(type.GetConstructors(Declared)))
        {
            AddSignature(method, found);
            AddBody(method, found);
        }
        foreach (var nested in type.GetNestedTypes(Declared))
            found.UnionWith(Of(nested));
        return found;
    }

    /// <summary>Whether code outside the assembly may use it, including derived classes.</summary>
    public static bool IsPublic(MemberInfo member) => member switch
    {
        Type { IsGenericParameter: true } => true,
        Type { IsNested: true } type => (type.IsNestedPublic || type.IsNestedFamily) && IsPublic(type.DeclaringType!),
        Type type => type.IsPublic,
        MethodBase method =>
            (method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly) && IsPublic(method.DeclaringType!),
        FieldInfo field =>
            (field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly) && IsPublic(field.DeclaringType!),
        _ => false,
    };

    private static void AddSignature(MethodBase method, HashSet<MemberInfo> found)
    {
        foreach (var parameter in method.GetParameters())
            AddType(parameter.ParameterType, found);
        if (method is MethodInfo { ReturnType: var result })
            AddType(result, found);
        if (method.IsGenericMethod)
            foreach (var argument in method.GetGenericArguments())
                AddType(argument, found);
    }

    private static void AddBody(MethodBase method, HashSet<MemberInfo> found)
    {
        if (method.GetMethodBody() is not { } body)
            return;
        foreach (var local in body.LocalVariables)
            AddType(local.LocalType, found);
        foreach (var clause in body.ExceptionHandlingClauses)
            if (clause.Flags == ExceptionHandlingClauseOptions.Clause)
                AddType(clause.CatchType, found);
        foreach (var token in Tokens(body.GetILAsByteArray()!))
            AddMember(Resolve(method, token), found);
    }

    /// <summary>The operands that are types, methods or fields.</summary>
    private static IEnumerable<int> Tokens(byte[] code)
    {
        for (var at = 0; at < code.Length;)
        {
            short value = code[at++];
            if (value == 0xFE)
                value = (short)(0xFE00 | code[at++]);
            var kind = opCodes[value].OperandType;
            if (kind is OperandType.InlineType or OperandType.InlineMethod
                or OperandType.InlineField or OperandType.InlineTok)
                yield return BinaryPrimitives.ReadInt32LittleEndian(code.AsSpan(at));
            at += kind switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + 4 * BinaryPrimitives.ReadInt32LittleEndian(code.AsSpan(at)),
                _ => 4,
            };
        }
    }

    private static MemberInfo Resolve(MethodBase method, int token) => method.Module.ResolveMember(
        token,
        method.DeclaringType!.GetGenericArguments(),
        method.IsGenericMethod ? method.GetGenericArguments() : [])!;

    private static void AddMember(MemberInfo member, HashSet<MemberInfo> found)
    {
        if (member is Type type)
        {
            AddType(type, found);
            return;
        }
        found.Add(member);
        AddType(member.DeclaringType, found);
        if (member is FieldInfo field)
            AddType(field.FieldType, found);
        else if (member is MethodBase method)
            AddSignature(method, found);
    }

    /// <summary>A type and its parts: Matrix[] and List&lt;Matrix&gt; both contain Matrix.</summary>
    private static void AddType(Type? type, HashSet<MemberInfo> found)
    {
        if (type is null || !found.Add(type))
            return;
        if (type.HasElementType)
            AddType(type.GetElementType(), found);
        if (type.IsFunctionPointer)
        {
            AddType(type.GetFunctionPointerReturnType(), found);
            foreach (var part in type.GetFunctionPointerParameterTypes())
                AddType(part, found);
        }
        if (type.IsGenericType)
        {
            found.Add(type.GetGenericTypeDefinition());
            foreach (var argument in type.GetGenericArguments())
                AddType(argument, found);
        }
        if (type.IsGenericParameter)
            foreach (var constraint in type.GetGenericParameterConstraints())
                AddType(constraint, found);
    }
}
